"""Backbones by name."""

import pytest

from aoi_modules.datasets.sources.weights import KNOWN_SUMS
from aoi_modules.errors import ModelError
from aoi_modules.training.networks.catalogue import BACKBONES, by_name


def test_the_families_of_the_course_are_there() -> None:
    families = ("vgg16", "vgg19", "resnet50", "resnet50-v2", "inception-v3", "mobilenet", "mobilenet-v2", "xception")
    assert set(families) | {"mobilenet-v3-small", "mobilenet-v3-large", "efficientnet-v2-b0"} <= set(BACKBONES)
    assert all(name == backbone.name for name, backbone in BACKBONES.items())


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="Received: 'MobileNet_V2'") as caught:
        by_name("MobileNet_V2")
    assert "did you mean mobilenet-v2?" in caught.value.hint
    with pytest.raises(ModelError, match=r"expected one of vgg16.*Received: 'dog'"):
        by_name("dog")


def test_every_file_whose_sum_is_known_belongs_to_a_backbone() -> None:
    looked_for = {file for backbone in BACKBONES.values() for file in backbone.files}
    assert set(KNOWN_SUMS) <= looked_for


def test_the_file_that_keras_downloads_is_found_again() -> None:
    for backbone in BACKBONES.values():
        if backbone.pretrained:
            assert backbone.keras_url.rpartition("/")[2] in backbone.files
