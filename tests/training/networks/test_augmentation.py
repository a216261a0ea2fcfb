"""Random changes of training pictures."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras
from aoi_modules.training.networks.augmentation import MAKERS, augmented, layers
from aoi_modules.training.networks.heads import end_to_end
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.training.small import DEFECT, PICTURE, table

ROWS = table(8, 0)
PICTURES = np.asarray(ROWS.pictures, np.float32)


@pytest.mark.parametrize("name", MAKERS)
def test_every_layer_changes_training_pictures_and_stays_in_range(name: str) -> None:
    (layer,) = layers([name], seed=3)
    changed = np.asarray(layer(PICTURES, training=True))
    assert changed.shape == PICTURES.shape
    assert not np.array_equal(changed, PICTURES)
    assert changed.min() >= -0.01
    assert changed.max() <= 255.01


def test_a_validation_picture_is_never_changed() -> None:
    model = end_to_end(small_cnn(PICTURE), [DEFECT], ROWS)
    fitted = augmented(model, list(MAKERS), seed=1)
    assert np.array_equal(fitted(PICTURES, training=False)["defect"], model(PICTURES)["defect"])
    fitted.compile(loss={"defect": "mse"})
    truth = {"defect": np.asarray(model(PICTURES)["defect"])}
    assert fitted.evaluate(PICTURES, truth, verbose=0) < 1e-10  # as fit measures its validation pictures
    assert not np.allclose(fitted(PICTURES, training=True)["defect"], model(PICTURES)["defect"])


def test_what_is_fitted_is_the_model_itself() -> None:
    model = end_to_end(small_cnn(PICTURE), [DEFECT], ROWS)
    fitted = augmented(model, ["mirror"])
    assert {id(weight) for weight in fitted.trainable_weights} == {id(weight) for weight in model.trainable_weights}
    assert augmented(model, []) is model


def test_numbers_pass_unchanged() -> None:
    image, numbers = keras.Input((32, 32, 3), name="image"), keras.Input((2,), name="features")
    model = keras.Model({"image": image, "features": numbers}, {"sum": keras.ops.sum(numbers, axis=1)})
    rows = np.array([[1, 2], [3, 4]], np.float32)
    found = augmented(model, ["mirror"])({"image": PICTURES[:2], "features": rows}, training=True)
    assert np.allclose(found["sum"], [3, 7])


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ModelError, match=r"mirror.*Received: upside"):
        layers(["upside"])
