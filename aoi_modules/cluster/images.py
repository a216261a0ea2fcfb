"""Our own images in rendered objects, under the names that they have in somebody's registry."""

import copy
import re
from collections.abc import Sequence

from aoi_modules.cluster.policies.pods import Object, pods
from aoi_modules.errors import SettingsError

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_PLACE = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*")


def is_ours(image: object) -> bool:
    """Whether an image is one of ours, in whatever registry."""
    return re.search(r"(^|/)aoi/[a-z-]+(:|$)", str(image)) is not None


def with_images(objects: Sequence[Object], registry: str | None = None, tag: str | None = None) -> list[Object]:
    """Gives the objects with our images from a registry, of a version; other images stay as they are.

    Args:
        objects: as they are rendered.
        registry: host, and perhaps a folder there; None leaves the names as they are.
        tag: None leaves the versions as they are.

    Raises:
        SettingsError: registry or tag is none.
    """
    if registry is not None and not _PLACE.fullmatch(registry):
        raise SettingsError(f"--registry: expected HOST[:PORT][/FOLDER], without https://. Received: {registry!r}")
    if tag is not None and not _TAG.fullmatch(tag):
        raise SettingsError(f"--tag: expected letters, digits, dots and dashes. Received: {tag!r}")
    changed = copy.deepcopy(list(objects))
    for pod in pods(changed):
        for container in pod.all_containers:
            if is_ours(container.get("image")):
                name, _, version = container["image"].partition(":")
                container["image"] = f"{f'{registry}/' if registry else ''}{name}:{tag or version}"
    return changed
