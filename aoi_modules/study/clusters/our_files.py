"""The objects of our own files as they lie in `k8s/`, without kubectl, for a drawing."""

from collections.abc import Sequence
from typing import Any

import yaml

from aoi_modules.cluster.kustomize import FILE
from aoi_modules.cluster.overlays import manifests
from aoi_modules.cluster.picture import picture

Object = dict[str, Any]


def objects(folders: Sequence[str]) -> list[Object]:
    """What the files of some folders say, before any overlay changes it.

    Args:
        folders: below `k8s`, such as `base/jupyter`.

    Raises:
        SettingsError: there is no folder `k8s`.
    """
    paths = (path for folder in folders for path in sorted((manifests() / folder).glob("*.yaml")) if path.name != FILE)
    return [one for path in paths for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def drawn(found: Sequence[Object], title: str) -> str:
    """The same as `aoi k8s explain` draws it: SVG."""
    return picture(found, title)
