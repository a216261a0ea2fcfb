"""A network with two inputs: right ones pass, typical wrong builds are known by what they do. All are really fitted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aoi_modules.datasets.houses.montage import montage
from aoi_modules.datasets.houses.stand_in import draw
from aoi_modules.tf import keras
from tests.course.exercises.answers import gets_hint, passes

pytestmark = pytest.mark.slow

Houses = dict[str, Any]
LEARNT, HELD_OUT = np.arange(60, 300), np.arange(60)


@pytest.fixture(scope="module")
def houses() -> Houses:
    drawn = draw(300)
    return {
        "image": np.stack([montage(house.rooms, cell=16) for house in drawn]).astype(np.float32),
        "features": np.array([[h.bedrooms, h.bathrooms, h.area, h.zipcode] for h in drawn], float),
        "price": np.array([house.price for house in drawn], float),
        "house": np.arange(300),
    }


def two_inputs(
    numbers: Any,
    *,
    joined: tuple[str, ...] = ("image", "features"),
    form: Callable[[dict[str, Any]], Any] = dict,
    units: int = 1,
    last: str | None = None,
    standardised: bool = True,
) -> Any:
    """A network whose numbers are scaled by `numbers`; what is not `joined` is cut off by a factor of 0."""
    inputs = {"image": keras.Input((32, 32, 3), name="image"), "features": keras.Input((4,), name="features")}
    seen = keras.layers.Rescaling(1 / 255)(inputs["image"])
    seen = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(seen)
    seen = keras.layers.GlobalAveragePooling2D()(seen)
    scale = keras.layers.Normalization(name="scale")
    scale.adapt(np.log(numbers))
    told = scale(keras.ops.log(inputs["features"])) if standardised else inputs["features"]
    told = keras.layers.Dense(16, activation="relu")(told)
    parts = [part * float(name in joined) for name, part in (("image", seen), ("features", told))]
    price = keras.layers.Dense(units, activation=last, name="price")(keras.layers.Concatenate()(parts))
    return keras.Model(form(inputs), price)


def answered(
    houses: Houses,
    *,
    learnt: Any = LEARNT,
    held_out: Any = HELD_OUT,
    adapted: Any = LEARNT,
    loss: Any = "mean_squared_error",
    epochs: int = 1,
    target: str = "scaled",
    rate: float = 0.01,
    change: Callable[[Any], Any] = lambda dollars: dollars,
    **build: Any,
) -> dict[str, Any]:
    """The answer of a reader who fits such a network."""
    keras.utils.set_random_seed(0)
    network = two_inputs(houses["features"][adapted], **build)
    network.compile(keras.optimizers.Adam(rate), loss)
    logs = np.log(houses["price"][LEARNT])
    targets = {"scaled": (logs - logs.mean()) / logs.std(), "dollars": houses["price"][LEARNT]}

    def fed(rows: Any) -> Any:
        taken = {"image": houses["image"][rows], "features": houses["features"][rows]}
        return taken if isinstance(network.input, dict) else list(taken.values())

    wanted = np.stack([targets[target]] * build.get("units", 1), axis=1)
    network.fit(fed(LEARNT), wanted, epochs=epochs, batch_size=32, verbose=0)
    said = network.predict(fed(held_out), verbose=0)[:, 0].astype(float)
    dollars = said if target == "dollars" else np.exp(said * logs.std() + logs.mean())
    return {
        "houses": houses,
        "learnt": learnt,
        "held_out": held_out,
        "network": network,
        "dollars": change(dollars),
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"loss": "huber", "change": lambda dollars: dollars.round(-3).tolist()},
        {"form": lambda inputs: list(inputs.values()), "change": lambda dollars: dollars[:, np.newaxis]},
        {"learnt": np.isin(np.arange(300), LEARNT), "change": keras.ops.convert_to_tensor},
    ],
)
def test_a_network_of_ones_own_passes(houses: Houses, arguments: dict[str, Any]) -> None:
    passes("5c.4", answered(houses, epochs=40, **arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"learnt": np.arange(59, 300)}, "1 houses stand in learnt, too"),
        ({"held_out": np.arange(5)}, "hold out 40 or more"),
        ({"learnt": None}, "expected the positions of houses"),
        ({"learnt": np.arange(60, 301)}, "expected 0 to 299"),
        ({"units": 2, "loss": "mse"}, "a price is one number"),
        ({"loss": "binary_crossentropy", "last": "sigmoid"}, "is for classes"),
        ({"last": "softmax"}, "for every house"),
        ({"joined": ("features",)}, "the branch of the pictures is forgotten"),
        ({"joined": ("image",)}, "the branch of the numbers is forgotten"),
        ({"standardised": False}, "scaling is missing"),
        ({"adapted": np.arange(300)}, "those of all houses"),
        ({"change": np.log}, "by np.exp"),
        ({"change": lambda dollars: dollars[::-1]}, "not this network's answers"),
        ({"change": lambda dollars: dollars[:9]}, "expected 60 prices"),
        ({"change": lambda dollars: None}, "no answer yet"),
        ({"change": lambda dollars: 5 * dollars}, "with the same spread and mean"),
        ({"target": "dollars", "epochs": 3}, "fitted to dollars as they are"),
        ({"rate": 1e-6}, "read as a code? Then more epochs"),
        ({"rate": 1e30, "epochs": 3}, "NaN"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*softmax over axis -1:UserWarning")
def test_a_wrong_build_is_known_by_what_it_does(houses: Houses, arguments: dict[str, Any], words: str) -> None:
    gets_hint("5c.4", answered(houses, **arguments), words)


def test_entries_of_the_same_house_must_not_part(houses: Houses) -> None:
    twins = {**houses, "house": np.where(houses["house"] == 200, 3, houses["house"])}
    gets_hint("5c.4", {**answered(houses), "houses": twins}, "rows 200 and 3 are the same house")


def test_answers_in_the_unit_of_the_target_and_networks_with_one_input_get_a_hint(houses: Houses) -> None:
    answer = answered(houses)
    inputs = {name: houses[name][HELD_OUT] for name in ("image", "features")}
    scaled = answer["network"].predict(inputs, verbose=0)
    gets_hint("5c.4", {**answer, "dollars": scaled}, "undo the scaling of the target")
    gets_hint("5c.4", {**answer, "network": None}, "no answer yet")
    gets_hint("5c.4", {**answer, "houses": 3}, "leave it as it is")
    for name, missing in (("image", "numbers"), ("features", "pictures")):
        alone = keras.Input(houses[name].shape[1:], name=name)
        network = keras.Model(alone, keras.layers.Dense(1)(keras.layers.Flatten()(alone)))
        network.compile("adam", "mse")
        network.fit(houses[name][:9], houses["price"][:9], verbose=0)
        gets_hint("5c.4", {**answer, "network": network}, f"the {missing} are missing")
