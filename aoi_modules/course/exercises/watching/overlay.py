"""Exercises 10.6 and 10.10: overlays that bring rooms of our files to a cluster; read as our own rules read them."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from aoi_modules.cluster.overlays import manifests
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.watching.applied import tried
from aoi_modules.course.exercises.watching.yaml_file import read_table
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import our_files
from aoi_modules.study.clusters.kubectl import Kubectl

WITHOUT = {
    "namespaces": "the rooms monitoring and nodes are made there, and everything else is refused without them",
    "priorities": "pods name the priority aoi-watching, and a cluster refuses names that it does not know",
    "prometheus": "nobody would ask for metrics",
    "grafana": "nobody would show them",
    "loki": "there would be no store for lines",
    "alloy": "nobody would read the pods' logs and push them",
}
"""What is missing without a room."""


def check_overlay(text: object, needed: Sequence[str], cluster: Kubectl | None) -> str:
    """Wants a kustomization with these rooms, and no others; tries it where a cluster is.

    Args:
        text: `k8s/overlays/watching/kustomization.yaml` of the reader.
        needed: rooms of `k8s/base`.
        cluster: to try it on; None for nowhere.

    Raises:
        Hint: a room is missing or is none.
    """
    found = read_table(text, "apiVersion, kind and resources")
    if found.get("kind") != "Kustomization":
        raise Hint(f"kind: found {found.get('kind')!r}, expected Kustomization")
    resources = found.get("resources")
    if not isinstance(resources, list) or not all(isinstance(one, str) for one in resources):
        raise Hint(f"resources: found {kind(resources)}, expected a list of folders, such as - ../../base/namespaces")
    rooms = [_room(one) for one in resources]
    for room in needed:
        if room not in rooms:
            raise Hint(f"resources: no {room}: {WITHOUT.get(room, 'it is asked for')}")
    more = sorted(set(rooms) - set(needed))
    if more:
        raise Hint(f"resources: {more[0]} is not asked for here")
    objects = our_files.objects([f"base/{room}" for room in rooms])
    counted = f"{len(objects)} objects of {len(rooms)} rooms"
    if cluster is None:
        return f"{counted}; read and not applied, since no cluster is here"
    try:
        return f"{counted}; {tried(cluster, str(text))}"
    except CourseError as error:
        raise Hint(error.message) from None


def _room(path: str) -> str:
    """The name of a room by its path from the overlay's folder."""
    parts = PurePosixPath(path).parts
    if parts[:-1] != ("..", "..", "base"):
        raise Hint(f"resources: found {path}; from k8s/overlays/watching a room is ../../base/NAME")
    if not (manifests() / "base" / parts[-1]).is_dir():
        raise Hint(f"resources: there is no room {parts[-1]} in k8s/base")
    return parts[-1]
