"""Counts what a network costs: parameters and multiply-adds, layer by layer, from its shapes alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerCost:
    """One layer's share.

    Args:
        name: of the layer, below the names of the networks that hold it: `trunk/conv_1`.
        kind: the layer's class.
        output: its output's shape for one picture, without the batch; empty when it has none of its own.
        parameters: all numbers it holds, trainable or not; a layer that is applied twice holds them once.
        multiply_adds: for one picture; convolutions and dense layers only, as papers count them.
    """

    name: str
    kind: str
    output: Shape
    parameters: int
    multiply_adds: int


def layer_costs(model: keras.Model) -> list[LayerCost]:
    """Lists each layer that holds parameters or multiplies, in the model's order; nested models are opened.

    Raises:
        ModelError: the model takes pictures of any size, so that nothing can be counted.
    """
    found: dict[int, LayerCost] = {}
    for path, layer, times in _applied(model, "", 1):
        before = found.get(id(layer))
        cost = _layer_cost(path, layer, times)
        if before is not None:
            cost = LayerCost(
                before.name, before.kind, before.output, before.parameters, before.multiply_adds + cost.multiply_adds
            )
        if cost.parameters or cost.multiply_adds:
            found[id(layer)] = cost
    return list(found.values())


def multiply_adds(model: keras.Model) -> int:
    """Counts the multiply-adds for one picture of the model's size."""
    return sum(cost.multiply_adds for cost in layer_costs(model))


def parameters(model: keras.Model) -> int:
    """Counts all numbers that the model holds, trainable or not."""
    return sum(cost.parameters for cost in layer_costs(model))


def _applied(model: keras.Model, path: str, times: int) -> Iterator[tuple[str, keras.layers.Layer, int]]:
    """Every layer that is no model, its path, and how often one picture passes it."""
    calls = _calls(model)
    for layer in model.layers:
        each = times * calls.get(layer.name, 1)
        if isinstance(layer, keras.Model):
            yield from _applied(layer, f"{path}{layer.name}/", each)
        elif isinstance(layer, keras.layers.TimeDistributed):
            raise ModelError(f"layer {layer.name}: the cost of TimeDistributed layers is not counted")
        else:
            yield f"{path}{layer.name}", layer, each


def _calls(model: keras.Model) -> dict[str, int]:
    """How often the model applies each of its layers: siblings that share a layer each call it."""
    layers = model.get_config().get("layers", ())
    return {layer["name"]: max(1, len(layer["inbound_nodes"])) for layer in layers if "inbound_nodes" in layer}


def _layer_cost(path: str, layer: keras.layers.Layer, times: int) -> LayerCost:
    held = sum(prod(weight.shape) for weight in layer.weights)
    counted = isinstance(
        layer,
        keras.layers.Conv2D | keras.layers.DepthwiseConv2D | keras.layers.SeparableConv2D | keras.layers.Dense,
    )
    if not counted:
        return LayerCost(path, type(layer).__name__, (), held, 0)
    taken = layer.get_build_config()["input_shape"]
    output = tuple(layer.compute_output_shape(taken)[1:])
    if None in output:
        raise ModelError(
            f"layer {path}: the cost depends on the picture's size. Received a model for pictures of any size",
            hint="build the model for one size",
        )
    return LayerCost(path, type(layer).__name__, output, held, times * _multiplications(layer, tuple(taken), output))


def _multiplications(layer: keras.layers.Layer, taken: tuple[int | None, ...], output: Shape) -> int:
    """Of one application: taken (None, ..., C), output (..., K)."""
    channels = taken[-1] or 0
    if isinstance(layer, keras.layers.Dense):
        return prod(output) * channels
    places = prod(output[:2])  # output (H, W, K)
    window: int = prod(layer.kernel_size)
    if isinstance(layer, keras.layers.SeparableConv2D):
        between: int = channels * layer.depth_multiplier
        return places * between * (window + output[2])
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return places * window * output[2]
    groups: int = layer.groups
    return places * window * (channels // groups) * output[2]
