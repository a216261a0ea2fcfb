"""The cut between the resize and the network, on graphs that OpenVINO builds itself; servables: test_openvino.py."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.serving.engines.openvino_graph import Graph
from aoi_modules.serving.engines.openvino_resize import AsTheyAre, Resized, cut

openvino = pytest.importorskip("openvino")
ops = pytest.importorskip("openvino.opset13")


def picture_of(channels: int = 3) -> tuple[Any, Any]:
    image = ops.parameter([-1, -1, -1, channels], np.uint8, name="image")
    image.output(0).set_names({"image:0"})
    return image, ops.convert(image, "f32")


def resize(pixels: Any, height: int, width: int) -> Any:
    return ops.interpolate(
        pixels, np.array([height, width]), "linear_onnx", "sizes", coordinate_transformation_mode="half_pixel",
        axes=np.array([1, 2]),
    )  # fmt: skip


def mean(pixels: Any, name: str = "score") -> Any:
    found = ops.reduce_mean(pixels, np.array([1, 2, 3]))
    found.output(0).set_names({f"{name}:0"})
    return found


def compiled(model: Any) -> Any:
    return openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def run(model: Any, inputs: dict[int, NDArray[Any]]) -> list[NDArray[Any]]:
    found = compiled(model).create_infer_request().infer(inputs)
    return [found[place] for place in range(len(model.outputs))]


def resized(model: Any, channels: int = 3) -> tuple[Resized, Any]:
    parts = cut(model)
    assert parts is not None
    return Resized(Graph([compiled(parts[0])], rows=1, streams=1), parts[1], channels), parts[1]


def pictures(*shapes: tuple[int, int], channels: int = 3) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (*shape, channels), np.uint8) for shape in shapes]


def test_both_parts_together_are_the_whole() -> None:
    def whole() -> Any:
        image, pixels = picture_of()
        return openvino.Model([mean(resize(pixels, 8, 6))], [image], "whole")

    drawn = pictures((8, 6), (8, 6), (31, 17), (4, 4))
    expected = [float(run(whole(), {0: one[np.newaxis]})[0][0]) for one in drawn]
    network = whole()
    fit, sizes = resized(network)
    assert sizes == {"resized_0": (8, 6, 3)}
    assert len({fit.kind(one) for one in drawn}) == 1
    (found,) = run(network, dict(enumerate(fit.batch(drawn).values())))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_picture_of_the_networks_own_size_stays_as_it_is() -> None:
    image, pixels = picture_of()
    fit, _ = resized(openvino.Model([mean(resize(pixels, 8, 6))], [image], "whole"))
    (one,) = pictures((8, 6))
    (batch,) = fit.batch([one]).values()
    assert batch.dtype == np.float32
    np.testing.assert_array_equal(batch[0], one)


def test_two_sizes_and_gray_levels() -> None:
    image, pixels = picture_of()
    gray = ops.floor(ops.reduce_sum(ops.multiply(pixels, np.float32(0.25)), np.array([3]), keep_dims=True))
    model = openvino.Model([mean(resize(pixels, 8, 6)), mean(resize(gray, 4, 4), "gray")], [image], "whole")
    fit, sizes = resized(model)
    assert sorted(sizes.values()) == [(4, 4, 1), (8, 6, 3)]
    batch = fit.batch(pictures((8, 6), (9, 9)))
    assert sorted(array.shape for array in batch.values()) == [(2, 4, 4, 1), (2, 8, 6, 3)]


def test_what_changes_every_picture_is_asked_for_every_picture() -> None:
    image, pixels = picture_of()
    half = ops.multiply(pixels, np.float32(0.5))
    fit, _ = resized(openvino.Model([mean(resize(half, 8, 6))], [image], "whole"))
    (one,) = pictures((8, 6))
    (batch,) = fit.batch([one]).values()
    np.testing.assert_array_equal(batch[0], one / np.float32(2))


def cut_later() -> Any:
    """A resize inside the network: of what a convolution made."""
    image, pixels = picture_of()
    kernel = np.ones((1, 1, 1, 3), np.float32)
    moved = ops.matmul(pixels, kernel.reshape(3, 1), False, False)
    return openvino.Model([mean(resize(moved, 8, 6))], [image], "whole")


def looks_twice() -> Any:
    """A network that also takes the picture itself."""
    image, pixels = picture_of()
    return openvino.Model([mean(resize(pixels, 8, 6)), mean(pixels, "light")], [image], "whole")


def never() -> Any:
    image, pixels = picture_of()
    return openvino.Model([mean(pixels)], [image], "whole")


@pytest.mark.parametrize("graph", [cut_later, looks_twice, never])
def test_what_cannot_be_cut_stays_as_it_was(graph: Any) -> None:
    model, (one,) = graph(), pictures((9, 9))
    expected = run(graph(), {0: one[np.newaxis]})
    assert cut(model) is None
    for found, wanted in zip(run(model, {0: one[np.newaxis]}), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_pictures_as_they_are() -> None:
    fit = AsTheyAre()
    left, right, other = pictures((4, 4), (4, 4), (5, 4))
    assert fit.kind(left) == fit.kind(right) != fit.kind(other)
    (batch,) = fit.batch([left, right]).values()
    np.testing.assert_array_equal(batch, [left, right])
