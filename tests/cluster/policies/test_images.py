"""Which images run: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import images
from tests.cluster.overlays import Mistake, check, container

MISTAKES: list[Mistake] = [
    (images.has_pinned_images, "local", lambda o: container(o).update(image="aoi/gateway"), "has no version"),
    (images.has_pinned_images, "local", lambda o: container(o).update(image="aoi/gateway:latest"), "has no version"),
    (
        images.has_pinned_images,
        "prod",
        lambda o: container(o, "Deployment", "model-serving").pop("image"),
        "no version",
    ),
    (images.pulls_as_pinned, "local", lambda o: container(o).update(imagePullPolicy="Always"), "without the registry"),
    (
        images.suits_its_processor,
        "gpu",
        lambda o: container(o, "StatefulSet", "jupyter").update(image="aoi/jupyter:0.2.0"),
        "has to be one with CUDA",
    ),
    (
        images.suits_its_processor,
        "local",
        lambda o: container(o, "StatefulSet", "jupyter").update(image="aoi/jupyter-gpu:0.2.0"),
        "none is asked for",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
