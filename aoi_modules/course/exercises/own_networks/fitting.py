"""What a check can find out about a network that the reader built, compiled and fitted. Each refusal is a hint.

The network is judged by what it answers and by what it says of itself. Keras is imported only when there is one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.answers import Figures
from aoi_modules.first_line import first_line

Network = Any
"""A `keras.Model`; Keras has no annotations."""
Inputs = Mapping[str, NDArray[Any]]
"""Input -> numbers (N, ...)."""
PEAK = 100.0
"""What reaches a layer with weights is smaller than that, unless nobody scaled it: pixels go to 255, areas to 9,500."""
OF_NUMBERS = ("meansquarederror", "meanabsoluteerror", "meanabsolutepercentageerror", "huber", "logcosh", "mse", "mae")
"""Losses of quantities, as they call themselves."""


def fitted(name: str, value: object) -> Network:
    """The network, once it is built, compiled and fitted.

    Raises:
        Hint: it is something else, or a step is missing; names the field.
    """
    if hasattr(value, "epoch") and hasattr(value, "history"):
        raise Hint(f"{name}: found the history that `fit` gives back; give the network itself")
    if isinstance(value, type) or not all(hasattr(value, part) for part in ("compiled", "fit", "outputs")):
        raise Hint(f"{name}: found {kind(value)}, expected a network of Keras, for example keras.Model(...)")
    model: Network = value
    if not model.compiled:
        raise Hint(f"{name}: it is built, but not compiled; `compile` says how it learns, `fit` from what")
    if not int(np.asarray(model.optimizer.iterations)):
        raise Hint(f"{name}: it is compiled, but was never fitted: all its weights are random")
    return model


def answers(model: Network, inputs: Inputs) -> dict[str, Figures]:
    """What a network says, output -> float64 (N, K); of a network with one output the only entry.

    Args:
        model: as `fitted` gives it.
        inputs: name -> (N, ...); a network with a list of inputs, or one, gets them in its own order, by their shapes.

    Raises:
        Hint: it cannot take these inputs.
    """
    try:
        said = model(_in_its_form(model, inputs), training=False)
    except (ValueError, TypeError) as error:
        raise Hint(f"network: it cannot take {_shapes(inputs)}: {first_line(error):.160}") from None
    named = said if isinstance(said, Mapping) else dict(zip(_output_names(model), _as_list(said), strict=False))
    return {name: np.asarray(values, float) for name, values in named.items()}


def refuse_wrong_class_loss(model: Network, said: Mapping[str, Figures]) -> None:
    """Knows the losses that do not fit what an output of classes gives.

    Args:
        model: as `fitted` gives it.
        said: output -> float64 (N, K), as `answers` gives it.

    Raises:
        Hint: names the output, what it gives and what its loss expects.
    """
    for place, (name, values) in enumerate(said.items()):
        if not np.isfinite(values).all():
            raise Hint(f"{name}: its answers are no numbers (NaN); the learning rate is too high, or a label is wrong")
        loss, from_logits = loss_of(model, name, place), _from_logits(model, name, place)
        adds_up = bool((values >= 0).all() and np.allclose(values.sum(axis=1), 1, atol=1e-3))
        if loss is None:
            raise Hint(f"{name}: it has no loss, so nothing ever told it what is right; give one to each output")
        if loss in OF_NUMBERS:
            raise Hint(f"{name}: {loss} measures how far a number is off; the number of a class is no quantity")
        if loss == "binarycrossentropy":
            raise Hint(f"{name}: binary cross-entropy asks a yes-no question for each class; here exactly one is right")
        if adds_up and from_logits:
            raise Hint(
                f"{name}: softmax twice: the last layer gives probabilities, and from_logits=True makes the loss take "
                "them for logits and apply softmax again; leave one of the two out"
            )
        if not adds_up and not from_logits and bool(((values >= 0) & (values <= 1)).all()):
            raise Hint(f"{name}: its numbers do not add up to 1, as with sigmoid; one of several classes needs softmax")
        if not adds_up and not from_logits:
            raise Hint(
                f"{name}: it gives logits, numbers from {values.min():.1f} to {values.max():.1f}, and its loss expects "
                'probabilities: activation="softmax" in the last layer, or from_logits=True in the loss'
            )


def refuse_raw_numbers(model: Network, inputs: Inputs) -> None:
    """Looks at what reaches each layer with weights.

    Args:
        model: as `fitted` gives it; of one with layers in layers only the outer ones are seen.
        inputs: as `answers`.

    Raises:
        Hint: numbers over `PEAK`, which nobody scaled; names the layer.
    """
    from aoi_modules.tf import keras

    weighing = [layer for layer in model.layers if hasattr(layer, "kernel")]
    try:
        reached = keras.Model(model.inputs, [layer.input for layer in weighing])
        found = reached([np.asarray(_by_rank(inputs, one)) for one in model.inputs], training=False)
    except (AttributeError, ValueError, TypeError):  # a network of its own class, or a layer that is used twice
        return
    for layer, values in zip(weighing, _as_list(found), strict=True):
        peak = float(np.abs(np.asarray(values)).max())
        if peak > PEAK:
            raise Hint(
                f"scaling is missing: the layer {layer.name} gets numbers up to {peak:,.0f}; let a Rescaling or a "
                "Normalization layer come first, so that all inputs are of the size of 1"
            )


def loss_of(model: Network, name: str = "", place: int = 0) -> str | None:
    """The loss of an output in small letters without lines, such as `meansquarederror`; None: it has none.

    Args:
        model: as `fitted` gives it.
        name: of the output.
        place: among the outputs, from 0.
    """
    loss = _given_loss(model, name, place)
    said = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    return None if loss is None else said.replace("_", "").lower()


def refuse_too_many_weights(model: Network, most: int) -> None:
    """Holds a network to a number of weights.

    Raises:
        Hint: it has more; says where most of them usually stand.
    """
    if model.count_params() > most:
        raise Hint(
            f"network: it has {model.count_params():,} weights, more than {most:,}; most of them stand in the first "
            "dense layer: halve the maps once more (strides=2), or collect them by GlobalAveragePooling2D"
        )


def shared_layers(model: Network, first: str, second: str) -> int:
    """Counts the layers with weights that two outputs of a functional network have in common."""
    from aoi_modules.tf import keras

    form = model.output
    outputs = form if isinstance(form, Mapping) else dict(zip(_output_names(model), model.outputs, strict=True))
    below = [
        {layer.name for layer in keras.Model(model.inputs, outputs[name]).layers if layer.weights}
        for name in (first, second)
    ]
    return len(below[0] & below[1])


def cross_entropy(said: Figures, labels: NDArray[np.int64]) -> float:
    """Computes the mean loss of classes, of float64 (N, K) and int64 (N,): of probabilities, or else of logits."""
    if (said < 0).any() or not np.allclose(said.sum(axis=1), 1, atol=1e-3):
        said = np.exp(said - said.max(axis=1, keepdims=True))
        said = said / said.sum(axis=1, keepdims=True)
    return float(-np.log(np.maximum(said[np.arange(len(said)), labels], 1e-7)).mean())


def histories(model: Network) -> dict[str, list[float]]:
    """What the last `fit` measured after each epoch: measure -> values; empty where Keras kept nothing."""
    history = getattr(getattr(model, "history", None), "history", None)
    return dict(history) if isinstance(history, Mapping) else {}


def _given_loss(model: Network, name: str, place: int) -> Any:
    """The loss of an output as `compile` was given it; None: it has none."""
    loss = model.loss
    if isinstance(loss, Mapping):
        return loss.get(name)
    if isinstance(loss, (list, tuple)):
        return loss[place] if place < len(loss) else None
    return loss


def _from_logits(model: Network, name: str, place: int) -> bool:
    return bool(getattr(_given_loss(model, name, place), "from_logits", False))


def _output_names(model: Network) -> list[str]:
    """The names of the outputs; a `Sequential` network, or one of its own class, has the name of its last layer."""
    names: list[str] = getattr(model, "output_names", None) or [model.layers[-1].name]
    return names


def _in_its_form(model: Network, inputs: Inputs) -> object:
    form = getattr(model, "input", None)
    if isinstance(form, Mapping):
        return {name: np.asarray(inputs[name], np.float32) for name in form if name in inputs}
    if isinstance(form, (list, tuple)):
        return [np.asarray(_by_rank(inputs, one), np.float32) for one in form]
    return np.asarray(next(iter(inputs.values())), np.float32)


def _by_rank(inputs: Inputs, wanted: Any) -> NDArray[Any]:
    """The input with as many axes as a symbolic one, for example four of pictures."""
    return next((one for one in inputs.values() if np.ndim(one) == len(wanted.shape)), next(iter(inputs.values())))


def _shapes(inputs: Inputs) -> str:
    return " and ".join(f"{name} of shape {np.shape(values)}" for name, values in inputs.items())


def _as_list(values: object) -> Sequence[Any]:
    return values if isinstance(values, (list, tuple)) else [values]
