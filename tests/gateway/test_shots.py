"""A picture with what goes beside it, before anybody is asked."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.shots import FrameSize, Shot, checked_features
from aoi_modules.pictures.decoding import decode
from tests.client.model_server import manifest

SIZES = st.builds(FrameSize, st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3]))


@given(SIZES, st.data())
def test_the_file_of_a_frame_has_its_very_pixels(size: FrameSize, data: st.DataObject) -> None:
    content = data.draw(st.binary(min_size=size.length, max_size=size.length))
    shot = Shot(content, size)
    assert decode(shot.file()).tobytes() == content
    assert shot.pixels().shape == (size.height, size.width, size.channels)


def test_an_encoded_picture_is_its_own_file() -> None:
    assert Shot(b"any").file() == b"any"
    with pytest.raises(ValueError, match="expected a raw frame"):
        Shot(b"any").pixels()


def test_what_a_model_is_asked() -> None:
    assert Shot(b"a").signature == "serving_default"
    assert Shot(b"a").inputs() == {"image": [b"a"]}
    frame = Shot(b"abc", FrameSize(1, 1, 3), (2.5,))
    assert frame.signature == "pixels"
    assert {name: np.asarray(value).tolist() for name, value in frame.inputs().items()} == {
        "image": [[[[97, 98, 99]]]],
        "features": [[2.5]],
    }


def test_names_need_a_manifest() -> None:
    with pytest.raises(BadParameter, match="expected a list, as the model carries no manifest"):
        Shot(b"a", features={"area": 1.0}).inputs(None)


def test_a_model_that_takes_pictures_alone() -> None:
    with pytest.raises(BadParameter, match="features: expected none, as the model takes pictures alone"):
        Shot(b"a", features=(1.0,)).check(manifest())
    Shot(b"a", features=(1.0,)).check(None)
    Shot(b"a").check(manifest())


@pytest.mark.parametrize("number", [math.inf, math.nan, 1e39])
def test_numbers_that_are_none(number: float) -> None:
    with pytest.raises(BadParameter, match="features area: expected a finite number"):
        checked_features({"area": number})
    with pytest.raises(BadParameter, match="features 1: expected a finite number"):
        checked_features((0.0, number))
