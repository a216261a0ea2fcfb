"""Builds blocks as small Keras models, and measures what each costs."""

from collections.abc import Mapping
from dataclasses import dataclass

from aoi_modules.study.networks import latency
from aoi_modules.study.networks.blocks import INPUT, Block, Step
from aoi_modules.study.networks.cost import multiply_adds, parameters
from aoi_modules.study.networks.latency import Latency
from aoi_modules.tf import keras


@dataclass(frozen=True)
class Cost:
    """What a block or a network costs for one picture.

    Args:
        parameters: numbers that it holds.
        multiply_adds: of convolutions and dense layers.
        latency: measured on this machine.
    """

    parameters: int
    multiply_adds: int
    latency: Latency

    @property
    def speed(self) -> float:
        """Multiply-adds a second."""
        return self.multiply_adds / self.latency.median


def build(block: Block, side: int) -> keras.Model:
    """Builds the block for square maps, with random weights.

    Input and output shape: float32 (N, side, side, C).
    """
    maps = {INPUT: keras.Input((side, side, block.channels), name=INPUT)}
    for step in block.steps:
        taken = [maps[name] for name in step.takes]
        maps[step.name] = _applied(step, taken, batch_norm=block.batch_norm)
    return keras.Model(maps[INPUT], maps[block.steps[-1].name], name=block.name.replace(" ", "_"))


def costs(blocks: Mapping[str, Block], side: int, *, repeats: int = 30) -> dict[str, Cost]:
    """Measures parameters, multiply-adds and latency of each block on one map float32 (side, side, C).

    The blocks take turns, so that a slow moment of the machine hits all alike.
    """
    models = {name: build(block, side) for name, block in blocks.items()}
    measured = latency.of_models(models, repeats=repeats)
    return {name: Cost(parameters(model), multiply_adds(model), measured[name]) for name, model in models.items()}


def _applied(step: Step, taken: list[keras.KerasTensor], *, batch_norm: bool) -> keras.KerasTensor:
    """The step's output: (N, h, w, channels)."""
    name = step.name.replace(" ", "_")
    if step.kind == "add":
        x = keras.layers.Add(name=name)(taken)
    elif step.kind == "concatenate":
        x = keras.layers.Concatenate(name=name)(taken)
    elif step.kind == "pool":
        x = keras.layers.AveragePooling2D(step.window, strides=1, padding="same", name=name)(taken[0])
    else:
        x = _convolution(step, name, use_bias=not batch_norm)(taken[0])
        x = keras.layers.BatchNormalization(name=f"{name}_norm")(x) if batch_norm else x
    if not step.activation:
        return x
    return keras.layers.ReLU(6.0 if step.activation == "relu6" else None, name=f"{name}_{step.activation}")(x)


def _convolution(step: Step, name: str, *, use_bias: bool) -> keras.layers.Layer:
    if step.kind == "depthwise":
        return keras.layers.DepthwiseConv2D(step.window, padding="same", use_bias=use_bias, name=name)
    return keras.layers.Conv2D(step.channels, step.window, padding="same", use_bias=use_bias, name=name)
