"""The resize at the head of a frozen graph, cut off, so that each picture pays only for what it needs.

A picture that has the network's own size already needs no resize, which takes a third of a small network's time. And
pictures of unequal sizes, resized one by one, run through the network together.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aoi_modules.modelstore import layout
from aoi_modules.serving.engines.openvino_graph import Graph, names
from aoi_modules.wire.tensors import Array

Picture = NDArray[np.uint8]
"""(h, w, C)."""
Size = tuple[int, ...]
"""Of a resized picture: (H, W, C)."""

PIXELWISE = {"Parameter", "Constant", "Convert", "Add", "Subtract", "Multiply", "Divide", "ReduceSum", "Floor"}
"""What may lie before a resize: it computes each pixel alone, as for gray levels. The network itself does more."""


class Fit(Protocol):
    """What makes a network's inputs of pictures."""

    def kind(self, picture: Picture) -> Hashable:
        """Gives a key that is equal for pictures that may run together."""

    def batch(self, pictures: Sequence[Picture]) -> dict[str, Array]:
        """Gives the inputs for one picture or more of one kind: arrays (N, ...) by name, without features."""


class AsTheyAre:
    """The network takes the pictures themselves; only those of equal size run together."""

    def kind(self, picture: Picture) -> Hashable:
        """Gives its shape."""
        return picture.shape

    def batch(self, pictures: Sequence[Picture]) -> dict[str, Array]:
        """Gives uint8 (N, h, w, C)."""
        one, *others = pictures
        return {layout.IMAGE: np.stack(pictures) if others else one[np.newaxis]}


class Resized:
    """The network takes resized pictures.

    Args:
        graph: makes all sizes of one picture.
        sizes: by the name of the network's input.
        channels: of the pictures.
    """

    def __init__(self, graph: Graph, sizes: Mapping[str, Size], channels: int) -> None:
        self._graph = graph
        self._sizes = sizes
        self._own = self._own_size(channels)

    def kind(self, picture: Picture) -> Hashable:
        """Gives the same for all: each is resized by itself."""
        return None

    def batch(self, pictures: Sequence[Picture]) -> dict[str, Array]:
        """Gives float32 (N, H, W, C) for each size."""
        fitted = {name: np.empty((len(pictures), *size), np.float32) for name, size in self._sizes.items()}
        for row, picture in enumerate(pictures):
            if picture.shape == self._own:
                for batch in fitted.values():
                    batch[row] = picture
            else:
                self._resize(picture, {name: batch[row : row + 1] for name, batch in fitted.items()})
        return dict(fitted)

    def _resize(self, picture: Picture, outputs: Mapping[str, NDArray[np.float32]]) -> None:
        self._graph.run({layout.IMAGE: picture[np.newaxis]}, outputs)

    def _own_size(self, channels: int) -> Size | None:
        """The one size that the graph leaves as it is; found by trying, so whatever else it does counts."""
        size, *others = set(self._sizes.values())
        if others or size[-1] != channels:
            return None
        picture = np.random.default_rng(0).integers(0, 256, size, np.uint8)
        made = {name: np.empty((1, *size), np.float32) for name in self._sizes}
        self._resize(picture, made)
        return size if all(np.array_equal(one[0], picture) for one in made.values()) else None


def cut(model: Any) -> tuple[Any, dict[str, Size]] | None:
    """Cuts the resizes of the picture off a graph.

    Args:
        model: as OpenVINO read it; afterwards it takes the resized pictures in place of the picture.

    Returns:
        The graph from the picture to the resized ones, whose outputs are called as the inputs that the other now has,
        and their sizes. None where the network takes more of the picture than its resized forms; the model is then as
        it was.
    """
    import openvino
    from openvino import opset13

    image = next((port.node for port in model.inputs if layout.IMAGE in names(port)), None)
    resizes = [op for op in model.get_ordered_ops() if _resizes_pixels(op)]
    behind = _ancestors(model.get_results(), but=resizes)
    if image is None or not resizes or image.friendly_name in behind:
        return None
    sizes: dict[str, Size] = {}
    results, places = [], []
    for number, resize in enumerate(resizes):
        name, made = f"resized_{number}", resize.output(0)
        sizes[name] = tuple(dimension.get_length() for dimension in list(made.partial_shape)[1:])
        place = opset13.parameter(made.partial_shape, np.float32, name=name)
        for user in made.get_target_inputs():
            user.replace_source_output(place.output(0))
        for port in (made, place.output(0)):
            port.set_names({name})
        results.append(opset13.result(made))
        places.append(place)
    model.add_parameters(places)
    model.remove_parameter(image)
    model.validate_nodes_and_infer_types()
    return openvino.Model(results, [image], "resize"), sizes


def _resizes_pixels(op: Any) -> bool:
    """Whether an operation makes pictures of one size from pictures of any size, before any network."""
    if op.get_type_name() != "Interpolate":
        return False
    made = op.output(0)
    fixed = all(dimension.is_static for dimension in list(made.partial_shape)[1:])
    before = _ancestors([op]).values()
    return fixed and made.element_type.to_dtype() == np.float32 and {one.get_type_name() for one in before} <= PIXELWISE


def _ancestors(ops: Sequence[Any], *, but: Sequence[Any] = ()) -> dict[str, Any]:
    """What operations depend on, by name, without them; what some of it depends on may be left out."""
    left_out = {op.friendly_name for op in but}
    found: dict[str, Any] = {}
    waiting = [*ops]
    while waiting:
        for port in waiting.pop().input_values():
            op = port.get_node()
            if op.friendly_name not in found:
                found[op.friendly_name] = op
                if op.friendly_name not in left_out:
                    waiting.append(op)
    return found
