"""A network in the one form that the export knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.network import Network, picture_input, scale
from aoi_modules.export.reading import SCALINGS, Scaling
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf

PIXELS = np.random.default_rng(0).uniform(0, 255, (2, 4, 5, 3)).astype(np.float32)


def network(channels: int = 3) -> Network:
    """Two outputs: the mean of each picture, and of each colour."""

    def run(pictures: tf.Tensor, _: tf.Tensor | None) -> dict[str, tf.Tensor]:
        colours = tf.reduce_mean(pictures, (1, 2))
        return {"mean": tf.reduce_mean(colours, 1, keepdims=True), "colours": colours}

    size = PictureInput(height=4, width=5, channels=channels)
    return Network(run, size, {"mean": 1, "colours": channels}, origin="net.pb")


def test_outputs_are_chosen_and_renamed() -> None:
    renamed = network().renamed({"tint": "colours"})
    assert renamed.outputs == {"tint": 3}
    assert renamed.run(tf.constant(PIXELS), None).keys() == {"tint"}
    with pytest.raises(ModelError, match=r"net\.pb: expected an output of mean, colours\. Received: taste"):
        network().renamed({"x": "taste"})


def test_the_complement_of_a_score_is_one_minus_it() -> None:
    plain = network().run(tf.constant(PIXELS / 255), None)
    turned = network().complemented({"mean"}).run(tf.constant(PIXELS / 255), None)
    np.testing.assert_allclose(turned["mean"], 1 - plain["mean"].numpy(), atol=1e-6)
    np.testing.assert_array_equal(turned["colours"], plain["colours"])
    assert (same := network()).complemented(frozenset()) is same


@pytest.mark.parametrize("scaling", ["tf", "caffe", "torch"])
def test_scalings_are_those_of_keras(scaling: Scaling) -> None:
    expected = keras.applications.imagenet_utils.preprocess_input(PIXELS.copy(), mode=scaling)
    np.testing.assert_allclose(scale(tf.constant(PIXELS), scaling), expected, rtol=1e-4, atol=1e-4)


def test_a_unit_is_from_nothing_to_one() -> None:
    np.testing.assert_allclose(scale(tf.constant([0.0, 255.0]), "unit"), [0, 1])
    assert scale(PIXELS, "none") is PIXELS


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_scaled_network_takes_pixels(scaling: Scaling) -> None:
    found = network().scaled(scaling).run(tf.constant(PIXELS), None)["colours"]
    np.testing.assert_allclose(found, tf.reduce_mean(scale(tf.constant(PIXELS), scaling), (1, 2)), atol=1e-4)


@pytest.mark.parametrize("scaling", ["caffe", "torch"])
def test_scalings_of_colours_need_colours(scaling: Scaling) -> None:
    with pytest.raises(ModelError, match=f"`scaling='{scaling}'`: is one of colours, but net.pb") as caught:
        network(channels=1).scaled(scaling)
    assert caught.value.arguments == (Argument("scaling", scaling),)


@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from([1, 3]), st.booleans())
def test_an_open_size_is_filled_and_a_known_one_kept(height: int, width: int, channels: int, known: bool) -> None:
    expected = PictureInput(height=height, width=width, channels=channels)
    sides = (height, width) if known else (None, None)
    assert picture_input((None, *sides, channels), (height, width), "net") == expected
    if known:
        assert picture_input((None, *sides, channels), None, "net") == expected


@pytest.mark.parametrize(
    ("shape", "size", "words"),
    [
        ((None, 8, 8), None, "expected one input of shape"),
        ((None, 8, 8, 4), None, "expected one input of shape"),
        ((None, None, 8, 3), None, "takes pictures of any size"),
        ((None, 8, 9, 3), (8, 8), r"net: takes pictures of 8 x 9\. Received: `size=\(8, 8\)`"),
    ],
)
def test_inputs_that_are_no_pictures(shape: tuple[int | None, ...], size: tuple[int, int] | None, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        picture_input(shape, size, "net")
