"""Every view of every picture is computed once, by the engine that the machine and the caller allow."""

import importlib.util
from dataclasses import replace

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import MissingExtra, ModelError, NotAPicture, NotEnoughMemory
from aoi_modules.training.features import openvino_forward
from aoi_modules.training.features.extraction import blocks, choose, extract
from aoi_modules.training.features.forward import TensorFlowForward
from aoi_modules.training.features.openvino_forward import OpenVinoForward
from aoi_modules.training.features.views import MIRRORED, PLAIN
from tests.training.features.blocks import pictures
from tests.training.small import PICTURE, table

import tensorflow as tf

with_openvino = pytest.mark.skipif(not openvino_forward.installed(), reason="openvino is not installed")


def test_blocks_come_with_the_row_of_their_first_picture_view_by_view() -> None:
    found = list(blocks(table(7, 0), PICTURE, MIRRORED, batch_size=3))
    assert [row for row, _ in found] == [view * 7 + start for start in (0, 3, 6) for view in range(4)]
    assert [len(block) for _, block in found] == [3] * 8 + [1] * 4
    plain = np.concatenate([block for row, block in found if row < 7])
    assert np.array_equal(plain, pictures(7))
    sideways = np.concatenate([block for row, block in found if 7 <= row < 14])
    assert np.array_equal(sideways, plain[:, :, ::-1])


def test_every_row_is_written_once(backbone: keras.Model) -> None:
    rows: dict[int, NDArray[np.float32]] = {}

    def write(first: int, features: NDArray[np.float32]) -> None:
        for place, values in enumerate(features):
            assert first + place not in rows
            rows[first + place] = values.copy()

    name = extract(backbone, table(7, 0), PICTURE, write, views=MIRRORED, batch_size=3, log=lambda line: None)
    assert name.startswith("TensorFlow")
    assert sorted(rows) == list(range(28))
    expected = np.asarray(backbone(pictures(7)))
    np.testing.assert_allclose(np.stack([rows[row] for row in range(7)]), expected, rtol=1e-4, atol=1e-4)


def test_a_picture_that_does_not_decode_is_named() -> None:
    rows = table(3, 1)
    encoded = [rows.encoded(index) for index in range(3)]
    with pytest.raises(NotAPicture, match="1/2"):
        list(blocks(replace(rows, pictures=(*encoded[:2], encoded[2][:40])), PICTURE, PLAIN, batch_size=2))


@with_openvino
def test_openvino_runs_where_it_agrees_and_that_is_said(backbone: keras.Model) -> None:
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), OpenVinoForward)
    assert "agrees with TensorFlow to" in lines[0]
    assert isinstance(choose(backbone, pictures(), 5000, "tensorflow", lines.append), TensorFlowForward)
    assert "as asked" in lines[1]
    assert isinstance(choose(backbone, pictures(), 10, "auto", lines.append), TensorFlowForward)
    assert "only 10 rows" in lines[2]


@with_openvino
def test_where_it_does_not_agree_tensorflow_runs_and_that_is_said(
    backbone: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aoi_modules.training.features.extraction.TOLERANCE", 0.0)
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), TensorFlowForward)
    assert "OpenVINO differs" in lines[0]
    with pytest.raises(ModelError, match="OpenVINO differs"):
        choose(backbone, pictures(), 5000, "openvino", lines.append)


@with_openvino
def test_where_openvino_cannot_read_the_graph_tensorflow_runs_and_one_line_says_why() -> None:
    start = keras.Input((PICTURE.height, PICTURE.width, PICTURE.channels))
    values = keras.layers.GlobalAveragePooling2D()(start)
    strange = keras.Model(start, keras.layers.Lambda(lambda x: tf.math.bessel_i0(x / 255))(values))
    lines: list[str] = []
    assert isinstance(choose(strange, pictures(), 5000, "auto", lines.append), TensorFlowForward)
    [line] = lines
    assert line.startswith("features by TensorFlow")
    assert line.endswith("OpenVINO cannot read the backbone: No conversion rule found for operations: BesselI0")
    with pytest.raises(ModelError, match="engine openvino: OpenVINO cannot read the backbone"):
        choose(strange, pictures(), 5000, "openvino", lines.append)


def test_a_layer_that_does_not_fit_into_memory_is_a_sentence_with_a_way_out() -> None:
    start = keras.Input((PICTURE.height, PICTURE.width, PICTURE.channels))
    huge = keras.layers.GlobalAveragePooling2D()(keras.layers.UpSampling2D(1_000_000)(start))
    with pytest.raises(NotEnoughMemory, match=r"features of pictures of .* at a time, by huge: ") as caught:
        extract(keras.Model(start, huge, name="huge"), table(7, 0), PICTURE, lambda row, block: None)
    assert "`picture_size=...`" in caught.value.hint


def test_without_openvino_tensorflow_runs_and_says_what_to_install(
    backbone: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = importlib.util.find_spec
    monkeypatch.setattr(openvino_forward, "find_spec", lambda name: None if name == "openvino" else present(name))
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), TensorFlowForward)
    assert "pip install 'aoi-academy[openvino]'" in lines[0]
    with pytest.raises(MissingExtra, match="needs the package openvino"):
        choose(backbone, pictures(), 10, "openvino", lines.append)
