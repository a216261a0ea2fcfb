"""Which images run."""

import re
from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, is_gpu, limits_of, parts

_OURS = re.compile(r"(^|/)aoi/[a-z-]+:")
_FOR_GPUS = re.compile(r"(^|/)aoi/[a-z-]+-gpu:")
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


def suits_its_processor(objects: Sequence[Object]) -> Iterator[str]:
    """Without CUDA in the image everything runs, many times slower, and the GPU that was asked for stands idle."""
    for owner, container in parts(objects):
        image, has_gpu = str(container.get("image", "")), any(map(is_gpu, limits_of(container)))
        if _OURS.search(image) and has_gpu != bool(_FOR_GPUS.search(image)):
            needs = "with a GPU has to be one with CUDA, -gpu" if has_gpu else "is for a GPU, and none is asked for"
            yield f"{owner}: image {image!r} {needs}"
