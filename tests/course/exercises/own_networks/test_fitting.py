"""What a check finds out about a network that the reader built: real networks, right ones and wrong ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.own_networks import fitting
from aoi_modules.tf import keras

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.uniform(0, 255, (32, 4, 4, 1)).astype(np.float32)
LABELS = np.arange(32, dtype=np.int64) % 3
ROWS = RANDOM.uniform(0, 1, (32, 2)).astype(np.float32)


def network(*layers: Any, loss: Any = "sparse_categorical_crossentropy", units: int = 3, last: Any = "softmax") -> Any:
    """A network after a step of training, with the layers between its input and its last layer."""
    model = keras.Sequential([keras.Input((4, 4, 1)), *layers, keras.layers.Flatten()])
    model.add(keras.layers.Dense(units, activation=last, name="last"))
    model.compile(keras.optimizers.Adam(1e-5), loss)
    model.fit(PICTURES, LABELS if "sparse" in str(fitting.loss_of(model)) else np.eye(3)[LABELS], verbose=0)
    return model


def scaling() -> Any:
    return keras.layers.Rescaling(1 / 255)


def two_outputs(form: Callable[[dict[str, Any]], Any] = dict, *, shared: bool = True) -> Any:
    image = keras.Input((4, 4, 1), name="image")
    flat = keras.layers.Flatten()(image)
    trunks = [keras.layers.Dense(4, name=f"trunk_{place}")(flat) for place in range(2)]
    outputs = {
        name: keras.layers.Dense(2, activation="softmax", name=name)(trunks[0 if shared else place])
        for place, name in enumerate(("kind", "colour"))
    }
    model = keras.Model(image, form(outputs))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def hint(call: Callable[[], object]) -> str:
    with pytest.raises(Hint) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "no answer yet"),
        (..., "no answer yet"),
        (3, "expected a network of Keras"),
        (keras.Sequential, "expected a network of Keras"),
        (keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), "not compiled"),
    ],
)
def test_what_is_no_fitted_network_gets_a_hint(value: object, words: str) -> None:
    assert words in hint(lambda: fitting.fitted("network", value))


def test_every_step_is_asked_for() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    assert "never fitted" in hint(lambda: fitting.fitted("network", model))
    history = model.fit(ROWS, ROWS[:, 0], verbose=0)
    assert "give the network itself" in hint(lambda: fitting.fitted("network", history))
    assert fitting.fitted("network", model) is model
    assert list(fitting.histories(model)) == ["loss"]


@pytest.mark.parametrize("form", [dict, lambda outputs: list(outputs.values())])
def test_answers_come_by_the_names_of_the_outputs(form: Callable[[dict[str, Any]], Any]) -> None:
    said = fitting.answers(two_outputs(form), {"image": PICTURES})
    assert {name: values.shape for name, values in said.items()} == {"kind": (32, 2), "colour": (32, 2)}


@pytest.mark.parametrize("form", [dict, lambda inputs: list(inputs.values())])
def test_inputs_are_given_in_the_form_of_the_network(form: Callable[[dict[str, Any]], Any]) -> None:
    inputs = {"features": keras.Input((2,), name="features"), "image": keras.Input((4, 4, 1), name="image")}
    joined = keras.layers.Concatenate()([inputs["features"], keras.layers.Flatten()(inputs["image"])])
    model = keras.Model(form(inputs), keras.layers.Dense(1, name="price")(joined))
    said = fitting.answers(model, {"image": PICTURES, "features": ROWS})
    assert said["price"].shape == (32, 1)
    assert "shape (32, 4)" in hint(
        lambda: fitting.answers(model, {"image": PICTURES, "features": PICTURES[:, 0, :, 0]})
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"last": None}, "gives logits"),
        ({"last": "sigmoid"}, "do not add up to 1"),
        ({"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}, "softmax twice"),
        ({"loss": "mse"}, "no quantity"),
        ({"loss": keras.losses.MeanAbsoluteError()}, "no quantity"),
        ({"loss": "categorical_crossentropy"}, None),
        ({}, None),
        ({"loss": keras.losses.SparseCategoricalCrossentropy()}, None),
        ({"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "last": None}, None),
    ],
)
@pytest.mark.filterwarnings("ignore:.*from_logits:UserWarning")
def test_a_loss_fits_what_the_last_layer_gives(arguments: dict[str, Any], words: str | None) -> None:
    model = network(scaling(), **{"units": 3, **arguments})
    said = {"last": fitting.answers(model, {"image": PICTURES})["last"]}
    if words is None:
        fitting.refuse_wrong_class_loss(model, said)
    else:
        assert words in hint(lambda: fitting.refuse_wrong_class_loss(model, said))


def test_an_output_without_a_loss_and_answers_that_are_no_numbers_are_named() -> None:
    model = two_outputs()
    said = fitting.answers(model, {"image": PICTURES})
    model.compile("adam", {"kind": "sparse_categorical_crossentropy"})
    assert "colour: it has no loss" in hint(lambda: fitting.refuse_wrong_class_loss(model, said))
    assert "NaN" in hint(lambda: fitting.refuse_wrong_class_loss(model, {"kind": said["kind"] * np.nan}))
    model.compile("adam", {"kind": "binary_crossentropy", "colour": "mse"})
    assert "yes-no question" in hint(lambda: fitting.refuse_wrong_class_loss(model, said))


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ("mse", "mse"),
        ("mean_squared_error", "meansquarederror"),
        (keras.losses.MeanSquaredError(), "meansquarederror"),
        (keras.losses.mean_squared_error, "meansquarederror"),
        ({"last": keras.losses.Huber()}, "huber"),
        ([keras.losses.Huber()], "huber"),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_loss_is_known_in_every_form(loss: object, name: str | None) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="last")])
    model.compile("adam", loss)
    assert fitting.loss_of(model, "last") == name


@pytest.mark.parametrize("layers", [[scaling], [scaling, lambda: keras.layers.Conv2D(2, 3)]])
def test_scaled_pictures_pass(layers: list[Callable[[], Any]]) -> None:
    fitting.refuse_raw_numbers(network(*(layer() for layer in layers)), {"image": PICTURES})


@pytest.mark.parametrize("layers", [[], [lambda: keras.layers.Conv2D(2, 3)], [lambda: keras.layers.Rescaling(0.9)]])
def test_raw_pictures_are_found_where_they_meet_the_first_weights(layers: list[Callable[[], Any]]) -> None:
    model = network(*(layer() for layer in layers))
    assert "scaling is missing" in hint(lambda: fitting.refuse_raw_numbers(model, {"image": PICTURES}))


def test_a_scaling_without_a_layer_passes_and_a_network_of_its_own_class_is_let_through() -> None:
    image = keras.Input((4, 4, 1), name="image")
    divided = keras.Model(image, keras.layers.Dense(1)(keras.layers.Flatten()(image / 255.0)))
    fitting.refuse_raw_numbers(divided, {"image": PICTURES})

    class Own(keras.Model):  # type: ignore[misc]  # Keras has no annotations
        def __init__(self) -> None:
            super().__init__()
            self.last = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.last(keras.ops.reshape(inputs, (-1, 16)))

    own = Own()
    own(PICTURES)
    fitting.refuse_raw_numbers(own, {"image": PICTURES})


@pytest.mark.parametrize("form", [dict, lambda outputs: list(outputs.values())])
def test_a_shared_trunk_is_told_from_two_networks(form: Callable[[dict[str, Any]], Any]) -> None:
    assert fitting.shared_layers(two_outputs(form), "kind", "colour") == 1
    assert fitting.shared_layers(two_outputs(form, shared=False), "kind", "colour") == 0


def test_cross_entropy_is_that_of_keras_for_probabilities_and_logits() -> None:
    logits = RANDOM.normal(0, 3, (32, 3))
    expected = float(keras.losses.SparseCategoricalCrossentropy(from_logits=True)(LABELS, logits))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for said in (logits, shares):
        assert np.isclose(fitting.cross_entropy(said, LABELS), expected, rtol=1e-4)
