"""What layers make of a picture."""

import numpy as np
import pytest
from matplotlib.text import Text

from aoi_modules.errors import ModelError
from aoi_modules.plots import STAND_IN
from aoi_modules.study.training.layer_plots import layer_maps, stages
from aoi_modules.tf import keras
from tests.training.small import ORIGIN, table

PICTURE = table(1, 0).picture(0)


def network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(8, 3, strides=2, name="edges"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dropout(0.9, name="dropout"),
            keras.layers.GlobalAveragePooling2D(name="mean"),
            keras.layers.Dense(2, name="answer"),
        ]
    )


def test_each_layer_gives_what_the_model_gives_when_it_is_used() -> None:
    model = network()
    found = stages(PICTURE, [keras.Input((32, 32, 3))._keras_history[0], *model.layers])
    assert list(found) == ["picture", "edges", "norm", "dropout", "mean", "answer"]
    assert found["edges"].shape == (15, 15, 8)
    assert np.array_equal(found["dropout"], found["norm"])  # nothing is dropped outside training
    answer = np.asarray(model(PICTURE[np.newaxis].astype(np.float32)))[0]
    assert found["answer"] == pytest.approx(answer, abs=1e-4)


def test_a_row_for_each_layer_maps_as_pictures_and_vectors_as_bars() -> None:
    plot = layer_maps(stages(PICTURE, network().layers), ORIGIN, channels=4)
    texts = [text.get_text() for text in plot.findobj(Text) if isinstance(text, Text)]
    assert "edges\n15 x 15 x 8" in texts
    assert "answer\n2" in texts
    assert any(STAND_IN in text for text in texts)
    assert sum(len(axes.images) for axes in plot.axes) == 3 + 4 + 4 + 4
    assert sum(len(axes.patches) for axes in plot.axes) == 8 + 2
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_channels_have_their_names_where_there_are_as_many() -> None:
    plot = layer_maps(stages(PICTURE, network().layers), ORIGIN, channels=4, names=("good", "defect"))
    bars = next(axes for axes in plot.axes if len(axes.patches) == 2)
    assert [label.get_text() for label in bars.get_xticklabels()] == ["good", "defect"]
    assert not any(axes.get_title() for axes in plot.axes)
    three = layer_maps({"picture": np.zeros((4, 4, 3), np.float32)}, ORIGIN, names=("red", "green", "blue"))
    assert [axes.get_title() for axes in three.axes if axes.images] == ["red", "green", "blue"]


def test_a_batch_is_no_picture() -> None:
    with pytest.raises(ModelError, match="shape"):
        stages(PICTURE[np.newaxis], [])
