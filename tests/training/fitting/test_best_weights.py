"""The weights of the best epoch."""

import math
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.tf import keras
from aoi_modules.training.fitting.best_weights import FILE_NAME, BestWeights


def one_weight() -> keras.Model:
    x = keras.Input((1,))
    return keras.Model(x, keras.layers.Dense(1, use_bias=False)(x))


@pytest.mark.parametrize(
    ("losses", "best"),
    [([3.0, 1.0, 2.0], 1), ([1.0, 1.0], 0), ([math.nan, 5.0, 7.0], 1), ([4.0, math.nan], 0), ([math.nan], 0)],
)
def test_the_epoch_of_the_lowest_loss_comes_back(tmp_path: Path, losses: list[float], best: int) -> None:
    model, keeper = one_weight(), BestWeights(tmp_path)
    keeper.set_model(model)
    for epoch, loss in enumerate(losses):
        model.set_weights([np.array([[epoch]], np.float32)])
        keeper.on_epoch_end(epoch, {"val_loss": loss})
    model.set_weights([np.array([[99]], np.float32)])
    keeper.bring_back(model)
    assert model.get_weights()[0].item() == best


def test_without_an_epoch_the_model_stays_as_it_is(tmp_path: Path) -> None:
    model = one_weight()
    before = model.get_weights()[0].item()
    BestWeights(tmp_path).bring_back(model)
    assert model.get_weights()[0].item() == before
    assert not (tmp_path / FILE_NAME).exists()
