"""A class of trainees: from a list of names to an overlay with a pod, a claim and a token for each."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.cluster.kustomize import FILE
from aoi_modules.errors import SettingsError

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
MOST = 20
"""Trainees that the quota of the namespace has room for; more are better looked after by JupyterHub."""


def write_class(folder: Path, names: Sequence[str], manifests: Path, components: Sequence[str] = ()) -> list[Path]:
    """Writes an overlay for a class: namespace, quota, priorities, and Jupyter for each trainee.

    Args:
        folder: gets the overlay; files of an earlier list are replaced, folders of who left are deleted.
        names: of the trainees; each becomes a part of names in the cluster.
        manifests: the folder `k8s`.
        components: for all of them, such as `gpu-mig`.

    Returns:
        The files.

    Raises:
        SettingsError: a name cannot be one, comes twice, or there are too many; or a component is none.
    """
    _check(names)
    _check_components(components, manifests)
    folder.mkdir(parents=True, exist_ok=True)
    for gone in [one for one in folder.iterdir() if one.is_dir() and one.name not in names and (one / FILE).is_file()]:
        (gone / FILE).unlink()
        gone.rmdir()
    return [_write_one(folder / name, name, manifests) for name in names] + [
        _write_all(folder, names, manifests, components)
    ]


def _check(names: Sequence[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise SettingsError(f"expected a name of small letters, digits and dashes, 30 at most. Received: {name!r}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"expected each name once. Received twice: {', '.join(twice)}")
    if not 1 <= len(names) <= MOST:
        raise SettingsError(
            f"expected 1 to {MOST} trainees. Received: {len(names)}", hint="for more, see k8s/jupyterhub/values.yaml"
        )


def _check_components(components: Sequence[str], manifests: Path) -> None:
    known = sorted(path.parent.name for path in (manifests / "components").glob(f"*/{FILE}"))
    for one in components:
        if one not in known:
            raise SettingsError(f"--component: expected one of {', '.join(known)}. Received: {one!r}")


def _write_one(folder: Path, name: str, manifests: Path) -> Path:
    """Jupyter for one trainee: everything is called after them, and their Service finds their pod alone."""
    folder.mkdir(exist_ok=True)
    token = [{"op": "replace", "path": "/spec/template/spec/volumes/0/secret/secretName", "value": f"jupyter-{name}"}]
    return _write(
        folder,
        {
            "resources": [os.path.relpath(manifests / "base" / "jupyter", folder)],
            "nameSuffix": f"-{name}",
            "labels": [{"pairs": {"app.kubernetes.io/instance": name}, "includeSelectors": True}],
            "patches": [{"target": {"kind": "StatefulSet", "name": "jupyter"}, "patch": json.dumps(token)}],
        },
    )


def _write_all(folder: Path, names: Sequence[str], manifests: Path, components: Sequence[str]) -> Path:
    base = manifests / "base"
    return _write(
        folder,
        {
            "resources": [*(os.path.relpath(base / one, folder) for one in ("namespaces", "priorities")), *names],
            "components": [os.path.relpath(manifests / "components" / one, folder) for one in components],
        },
    )


def _write(folder: Path, text: dict[str, object]) -> Path:
    path = folder / FILE
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    path.write_text(json.dumps({**head, **text}, indent=1) + "\n")
    return path
