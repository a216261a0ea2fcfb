"""The trunk of a model: the network of convolutions inside it, and which part of it may learn."""

from collections.abc import Iterator

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras


def trunk_of(model: keras.Model) -> keras.Model:
    """Finds the network of `keras.applications` inside a backbone, or inside a model that was joined from one.

    Raises:
        ModelError: there is none, as in a small network that is trained from scratch.
    """
    found = max(_networks(model), key=lambda network: len(network.layers), default=None)
    if found is None:
        raise ModelError(
            f"model {model.name}: expected a pretrained network inside. Received layers "
            f"{', '.join(layer.name for layer in model.layers)}",
            hint="choose a backbone with weights: aoi backbones",
        )
    return found


def unfreeze(model: keras.Model, upper: float | str) -> int:
    """Lets the upper part of the trunk learn, and returns how many layers that are.

    Batch normalisation stays frozen: a fine-tuning batch is too small and too alike to replace ImageNet's statistics.
    Compile the model anew afterwards.

    Args:
        model: a backbone, or a model joined from one; the rest of it stays as it is.
        upper: share of the trunk's layers with weights, counted from its output, above 0 and at most 1; or the name
            of the lowest layer that learns.

    Raises:
        ModelError: no trunk, no such share, no layer of that name, or nothing in that part can learn.
    """
    trunk = trunk_of(model)
    able = [layer for layer in trunk.layers if layer.weights and not isinstance(layer, _NORMALISATION)]
    chosen = able[_first(trunk, able, upper) :]
    if not chosen:
        raise ModelError(f"upper: no layer of {trunk.name} from {upper!r} on has weights")
    if not model.trainable:  # a frozen model hides what its layers allow
        model.trainable = True
    trunk.trainable = True
    for layer in trunk.layers:
        layer.trainable = any(layer is one for one in chosen)
    return len(chosen)


_NORMALISATION = (keras.layers.BatchNormalization,)


def _first(trunk: keras.Model, able: list[keras.layers.Layer], upper: float | str) -> int:
    """Position in `able` of the lowest layer that learns."""
    if isinstance(upper, str):
        names = [layer.name for layer in trunk.layers]
        if upper not in names:
            raise ModelError(
                f"upper: expected a layer of {trunk.name}, such as {names[-1]!r}. Received: {upper!r}",
                hint="the names are those of trunk_of(model).layers",
            )
        above = {id(layer) for layer in trunk.layers[names.index(upper) :]}
        return next((place for place, layer in enumerate(able) if id(layer) in above), len(able))
    if not 0 < upper <= 1:
        raise ModelError(f"upper: expected a share above 0 and at most 1. Received: {upper}")
    return len(able) - max(1, round(upper * len(able)))


def _networks(model: keras.Model) -> Iterator[keras.Model]:
    """Nested models that hold convolutions themselves."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            if any(isinstance(inner, keras.layers.Conv2D) for inner in layer.layers):
                yield layer
            yield from _networks(layer)
