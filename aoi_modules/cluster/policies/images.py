"""Which images run."""

import re
from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, parts

_PINNED = re.compile(r":[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$")


def has_pinned_images(objects: Sequence[Object]) -> Iterator[str]:
    """An image without a version is another one tomorrow."""
    for owner, container in parts(objects):
        image = str(container.get("image", ""))
        if not _PINNED.search(image):
            yield f"{owner}: image {image!r} has no version; it may be another one tomorrow"


def pulls_as_pinned(objects: Sequence[Object]) -> Iterator[str]:
    """A version does not change, so nobody has to ask for it at each start."""
    for owner, container in parts(objects):
        if container.get("imagePullPolicy") == "Always":
            yield f"{owner}: imagePullPolicy: Always: without the registry no pod could start again"
