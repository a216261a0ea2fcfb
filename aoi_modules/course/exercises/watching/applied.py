"""An overlay of a reader, tried on a cluster: the cluster reads every object as if it came, and keeps none."""

import shutil
import tempfile
from pathlib import Path

import yaml

from aoi_modules.cluster.kustomize import FILE, render
from aoi_modules.cluster.overlays import manifests
from aoi_modules.errors import ClusterError, CourseError
from aoi_modules.study.clusters.kubectl import Kubectl, last_line

NAME = "watching"
SECONDS = 240.0


def tried(cluster: Kubectl, text: str) -> str:
    """Renders the overlay beside our files, and lets the cluster read it (`--dry-run=server`).

    Rooms are made, since a cluster reads nothing for a room that it lacks; they stay, and are empty.

    Raises:
        CourseError: it cannot be rendered, or the cluster refuses an object; with its own words.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "k8s"
        shutil.copytree(manifests(), copy)
        folder = copy / "overlays" / NAME
        folder.mkdir(exist_ok=True)
        (folder / FILE).write_text(text, "utf-8")
        try:
            objects = render(folder)
        except ClusterError as error:
            raise CourseError(error.message, hint=error.hint) from None
    first = [one for one in objects if one["kind"] in ("Namespace", "PriorityClass")]
    for given, more in ((first, ()), (objects, ("--dry-run=server",))):
        done = cluster.ask("apply", "--filename=-", *more, given=yaml.safe_dump_all(given), seconds=SECONDS)
        if done.returncode != 0:
            raise CourseError(last_line(done))
    return f"{cluster.name} takes all {len(objects)} of them"
