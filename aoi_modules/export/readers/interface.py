"""What goes into a network and comes out: which tensor is the picture, which are the features, what the outputs are.

The same for every kind of file. Pictures reach a network as float32 (N, H, W, C) in [0, 255]; here they become what
its own input wants: other numbers (`uint8`: rounded to the nearest, half to even) or channels in front (NCHW).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aoi_modules.errors import AoiError, Argument, ModelError, first_line
from aoi_modules.export.network import Network, Run, picture_input
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

Shape = tuple[int | None, ...] | None
"""A tensor's shape; None for a dimension that is open, or for a shape of unknown rank."""


@dataclass(frozen=True)
class InputTensor:
    """One input of a network as its file declares it."""

    name: str
    shape: Shape
    dtype: tf.DType

    def __str__(self) -> str:
        return f"{self.name} {self.dtype.name} {'of unknown shape' if self.shape is None else self.shape}"


@dataclass(frozen=True)
class Inputs:
    """Which input takes the pictures, and which the features.

    Args:
        image: the input of the pictures.
        picture: their size and channels.
        channels_first: the network wants (N, C, H, W).
        numbers: the input of the features; None for a network that takes none.
        features: F; 0 without.
    """

    image: InputTensor
    picture: PictureInput
    channels_first: bool = False
    numbers: InputTensor | None = None
    features: int = 0

    def feed(self, pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        """The network's own inputs.

        Args:
            pictures: float32 (N, H, W, C) in [0, 255].
            features: float32 (N, F), or None.
        """
        if self.channels_first:
            pictures = tf.transpose(pictures, (0, 3, 1, 2))
        values = {self.image.name: as_type(pictures, self.image.dtype)}
        if self.numbers is not None:
            values[self.numbers.name] = as_type(features, self.numbers.dtype)
        return values

    def specs(self) -> dict[str, tf.TensorSpec]:
        """Shapes and types of what `feed` gives, for any number of pictures."""
        size = self.picture
        area = (size.height, size.width)
        shape = (size.channels, *area) if self.channels_first else (*area, size.channels)
        specs = {self.image.name: tf.TensorSpec((None, *shape), self.image.dtype)}
        if self.numbers is not None:
            specs[self.numbers.name] = tf.TensorSpec((None, self.features), self.numbers.dtype)
        return specs


def as_type(values: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """float32 values as the type that a network wants; whole numbers by rounding to the nearest."""
    if dtype.is_integer:
        return tf.saturate_cast(tf.round(values), dtype)
    return tf.cast(values, dtype)


def find_inputs(tensors: Sequence[InputTensor], size: tuple[int, int] | None, origin: str) -> Inputs:
    """Which of the inputs is the picture, and which the features.

    Args:
        tensors: all inputs of the network.
        size: height and width where the shape leaves them open.
        origin: for messages.

    Raises:
        ModelError: it is none of: one batch of pictures; one batch of pictures and one of features.
    """
    pictures = [tensor for tensor in tensors if tensor.shape is not None and len(tensor.shape) == 4]
    numbers = [tensor for tensor in tensors if tensor.shape is not None and len(tensor.shape) == 2]
    encoded = [tensor.name for tensor in tensors if tensor.dtype == tf.string]
    if encoded:
        raise ModelError(
            f"{origin}: takes encoded pictures (strings) by {', '.join(encoded)}; expected pixels, because decoding "
            "and resizing become a part of the servable",
            hint="choose a signature that takes pixels, or export the network without its decoder",
        )
    if len(tensors) == 1 and not pictures:
        picture_input(tensors[0].shape or (), size, origin)  # says what it should be
    if len(pictures) != 1 or len(numbers) > 1 or len(pictures) + len(numbers) != len(tensors):
        raise ModelError(
            f"{origin}: expected one input of shape (N, height, width, 1 or 3), and perhaps one of features (N, F). "
            f"Received: {'; '.join(str(tensor) for tensor in tensors) or 'no input'}",
            hint="export the network with these inputs only",
        )
    shape, channels_first = _channels_last(pictures[0].shape or ())
    picture = picture_input(shape, size, origin)
    if not numbers:
        return Inputs(pictures[0], picture, channels_first)
    width = (numbers[0].shape or (None, None))[1]
    if not width:
        raise ModelError(f"{origin}: expected features of a fixed width, (N, F). Received: {numbers[0]}")
    return Inputs(pictures[0], picture, channels_first, numbers[0], width)


def safe_names(names: Sequence[str]) -> dict[str, str]:
    """{name that an output of a servable may have: the network's own name}, in the same order.

    Characters other than letters, digits, `_`, `.` and `-` become `_`; names that fall together get a number.
    """
    chosen: dict[str, str] = {}
    for name in names:
        safe = first = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "score"
        number = 2
        while safe in chosen:
            safe, number = f"{first}_{number}", number + 1
        chosen[safe] = name
    return chosen


def wanted_names(argument: str, wanted: Sequence[str], available: Sequence[str], origin: str) -> list[str]:
    """The inputs or outputs asked for; all of them when nothing was asked for.

    Args:
        argument: `inputs` or `outputs`, for messages.
        wanted: names that were asked for.
        available: all names.
        origin: for messages.

    Raises:
        ModelError: there is no such input or output.
    """
    unknown = [name for name in wanted if name not in available]
    if unknown:
        wrong = Argument(argument)
        raise ModelError(
            f"{origin}: expected {wrong} of {', '.join(available)}. Received: {', '.join(unknown)}", arguments=[wrong]
        )
    return list(wanted or available)


def build_network(run: Run, inputs: Inputs, origin: str, *, units: dict[str, Shape] | None = None) -> Network:
    """A network whose outputs were checked.

    Args:
        run: gives the outputs as the file has them: any floating type, (N, K) or (N,).
        inputs: what it takes.
        origin: for messages.
        units: shapes of the outputs where the file declares them; otherwise the network is run on two pictures.

    Raises:
        ModelError: the network does not run on two pictures, or an output is not (N, K).
    """
    shapes = units or _tried(run, inputs, origin)
    maps = _maps(shapes)
    widths = {name: _width(name, shape, origin) for name, shape in shapes.items() if name not in map(map_name, maps)}

    def checked(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        answers = run(pictures, features)
        scores = {name: _as_scores(answers[name], width) for name, width in widths.items()}
        return {**scores, **{map_name(name): tf.cast(answers[map_name(name)], tf.float32) for name in maps}}

    return Network(checked, inputs.picture, widths, features=inputs.features, origin=origin, maps=maps)


def _maps(shapes: Mapping[str, Shape]) -> dict[str, tuple[int, int]]:
    """Rows and columns of the outputs that have a map beside them: one more output (N, rows, columns) of that name."""
    found = {}
    for name in shapes:
        match shapes.get(map_name(name)):
            case (_, int(rows), int(columns)):
                found[name] = (rows, columns)
    return found


def _as_scores(values: tf.Tensor, width: int) -> tf.Tensor:
    """float32 (N, width); no operation where it is that already."""
    values = tf.cast(values, tf.float32)
    if values.shape.rank != 2:
        return tf.reshape(values, (-1, width))
    values.set_shape((None, width))  # which a graph may have forgotten
    return values


def _channels_last(shape: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], bool]:
    """The shape as (N, H, W, C), and whether it was (N, C, H, W). In doubt the channels are last."""
    if shape[1] in (1, 3) and shape[3] not in (1, 3):
        return (shape[0], shape[2], shape[3], shape[1]), True
    return shape, False


def _tried(run: Run, inputs: Inputs, origin: str) -> dict[str, Shape]:
    """Shapes of the outputs for N pictures, seen by running on two."""
    size = inputs.picture
    pictures = tf.zeros((2, size.height, size.width, size.channels))
    features = tf.zeros((2, inputs.features)) if inputs.features else None
    try:
        answers = run(pictures, features)
    except AoiError:
        raise
    except Exception as error:  # whatever the kernels and the importer of graphs raise
        raise ModelError(
            f"{origin}: does not run on two pictures of {size.height} x {size.width} x {size.channels}: "
            f"{first_line(error)}",
            hint="export it for batches of any size (None), on a CPU",
        ) from error
    for name, values in answers.items():
        if len(values.shape) > 0 and values.shape[0] != 2:
            raise ModelError(
                f"{origin}: expected one row of output {name} for each of two pictures. Received: {values.shape}",
                hint="export it for batches of any size (None)",
            )
    return {name: (None, *values.shape[1:]) if values.shape.rank else () for name, values in answers.items()}


def _width(name: str, shape: Shape, origin: str) -> int:
    if shape is not None and len(shape) == 1:
        return 1
    if shape is None or len(shape) != 2 or not shape[1]:
        others = Argument("outputs", ...)
        raise ModelError(
            f"{origin}: expected the output {name} of shape (N, K), one row a picture. Received: {shape}",
            hint=f"pool or flatten it, or name the outputs that are so: {others}",
            arguments=[others],
        )
    return shape[1]
