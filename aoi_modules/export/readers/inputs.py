"""What goes into a network: which tensor is the picture, and which take numbers beside it.

The same for every kind of file. Pictures reach a network as float32 (N, H, W, C) in [0, 255]; here they become what
its own input wants: other numbers (`uint8`: rounded to the nearest, half to even), channels in front (NCHW), or gray
pictures without an axis of channels (N, H, W). Features reach it as float32 (N, F), and go to the inputs of numbers in
the order in which the file has these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aoi_modules.errors import ModelError
from aoi_modules.export.network import picture_input
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

Shape = tuple[int | None, ...] | None
"""A tensor's shape; None for a dimension that is open, or for a shape of unknown rank."""


@dataclass(frozen=True)
class InputTensor:
    """One input of a network as its file declares it; the label is for people, where the name is none for them."""

    name: str
    shape: Shape
    dtype: tf.DType
    label: str = ""

    def __str__(self) -> str:
        return f"{self.label or self.name} {self.dtype.name} {'of unknown shape' if self.shape is None else self.shape}"


class Axes(Enum):
    """In which order a network takes the axes of a picture; the value says it of what arrives, (N, H, W, C)."""

    CHANNELS_LAST = (0, 1, 2, 3)
    CHANNELS_FIRST = (0, 3, 1, 2)
    NO_CHANNELS = (0, 1, 2)


@dataclass(frozen=True)
class Inputs:
    """Which input takes the pictures, and which the numbers beside them.

    Args:
        image: the input of the pictures.
        picture: their size and channels.
        axes: in which order the network takes them.
        numbers: the inputs of the features, (N, k) or (N,) each, in the order in which their features come.
        features: F, of all of them together; 0 without.
    """

    image: InputTensor
    picture: PictureInput
    axes: Axes = Axes.CHANNELS_LAST
    numbers: tuple[InputTensor, ...] = ()
    features: int = 0

    @property
    def batch(self) -> int | None:
        """How many pictures the network says that it takes at a time; None for any number."""
        return self.image.shape[0] if self.image.shape else None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the network itself calls its features: an input of one number names it, others give `name_0`, `name_1`.

        None where its only input of numbers takes several at once, or where two have one name.
        """
        if len(self.numbers) == 1 and self.features > 1:
            return ()
        names = tuple(name for tensor in self.numbers for name in _feature_names(tensor))
        return names if len(set(names)) == len(names) else ()

    def feed(self, pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        """The network's own inputs.

        Args:
            pictures: float32 (N, H, W, C) in [0, 255].
            features: float32 (N, F), or None.
        """
        if self.axes is Axes.NO_CHANNELS:
            pictures = pictures[..., 0]
        elif self.axes is Axes.CHANNELS_FIRST:
            pictures = tf.transpose(pictures, self.axes.value)
        values = {self.image.name: as_type(pictures, self.image.dtype)}
        widths = [_width_of(tensor) for tensor in self.numbers]
        parts = tf.split(features, widths, axis=1) if len(widths) > 1 else [features]
        for tensor, part in zip(self.numbers, parts, strict=bool(widths)):
            alone = len(tensor.shape or ()) == 1
            values[tensor.name] = as_type(tf.squeeze(part, 1) if alone else part, tensor.dtype)
        return values

    def specs(self) -> dict[str, tf.TensorSpec]:
        """Shapes and types of what `feed` gives, for any number of pictures."""
        size = self.picture
        whole = (None, size.height, size.width, size.channels)
        specs = {self.image.name: tf.TensorSpec([whole[axis] for axis in self.axes.value], self.image.dtype)}
        for tensor in self.numbers:
            specs[tensor.name] = tf.TensorSpec((None, *(tensor.shape or ())[1:]), tensor.dtype)
        return specs


def as_type(values: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """float32 values as the type that a network wants; whole numbers by rounding to the nearest."""
    if dtype.is_integer:
        return tf.saturate_cast(tf.round(values), dtype)
    return tf.cast(values, dtype)


def find_inputs(tensors: Sequence[InputTensor], size: tuple[int, int] | None, origin: str) -> Inputs:
    """Which of the inputs is the picture, and which take numbers beside it.

    Args:
        tensors: all inputs of the network.
        size: height and width where the shape leaves them open.
        origin: for messages.

    Raises:
        ModelError: it is none of: one batch of pictures; one batch of pictures and numbers for each of them.
    """
    _check_types(tensors, origin)
    pictures = [tensor for tensor in tensors if tensor.shape is not None and len(tensor.shape) in (3, 4)]
    numbers = [tensor for tensor in tensors if tensor.shape is not None and len(tensor.shape) in (1, 2)]
    if len(tensors) == 1 and not pictures:
        picture_input(tensors[0].shape or (), size, origin)  # says what it should be
    if len(pictures) != 1 or len(pictures) + len(numbers) != len(tensors):
        raise ModelError(
            f"{origin}: expected one input of shape (N, height, width, 1 or 3), and perhaps some of numbers, (N, k). "
            f"Received: {'; '.join(str(tensor) for tensor in tensors) or 'no input'}",
            hint="export the network with these inputs only",
        )
    shape, axes = _in_order(pictures[0].shape or ())
    picture = picture_input(shape, size, origin)
    if open_ended := [tensor for tensor in numbers if not _width_of(tensor)]:
        raise ModelError(f"{origin}: expected features of a fixed width, (N, F). Received: {open_ended[0]}")
    return Inputs(pictures[0], picture, axes, tuple(numbers), sum(map(_width_of, numbers)))


def _check_types(tensors: Sequence[InputTensor], origin: str) -> None:
    """Refuses inputs that take something else than numbers."""
    texts = [tensor.label or tensor.name for tensor in tensors if tensor.dtype == tf.string]
    if texts and len(texts) < len(tensors):
        raise ModelError(
            f"{origin}: takes text (strings) by {', '.join(texts)}; a servable takes a picture and numbers beside it",
            hint="export the network behind its look-up of words, with numbers in their place",
        )
    if texts:
        raise ModelError(
            f"{origin}: takes encoded pictures (strings) by {', '.join(texts)}; expected pixels, because decoding and "
            "resizing become a part of the servable",
            hint="choose a signature that takes pixels, or export the network without its decoder",
        )
    if others := [tensor for tensor in tensors if not (_is_real(tensor.dtype) or tensor.dtype == tf.bool)]:
        raise ModelError(f"{origin}: expected inputs that take numbers. Received: {others[0]}")


def _is_real(dtype: tf.DType) -> bool:
    return bool(dtype.is_floating or dtype.is_integer)


def _width_of(numbers: InputTensor) -> int:
    """How many numbers an input takes for each picture; 0 where it does not say."""
    shape = numbers.shape or (None,)
    return 1 if len(shape) == 1 else shape[1] or 0


def _feature_names(numbers: InputTensor) -> list[str]:
    name, width = numbers.label or numbers.name, _width_of(numbers)
    return [name] if width == 1 else [f"{name}_{number}" for number in range(width)]


def _in_order(shape: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], Axes]:
    """The shape as (N, H, W, C), and in which order its axes are. In doubt the channels are last."""
    if len(shape) == 3:  # a line of numbers, of one channel or of three, is no picture
        gray = not {shape[1], shape[2]} & {1, 3}
        return ((*shape, 1), Axes.NO_CHANNELS) if gray else (shape, Axes.NO_CHANNELS)
    if shape[1] in (1, 3) and shape[3] not in (1, 3):
        return (shape[0], shape[2], shape[3], shape[1]), Axes.CHANNELS_FIRST
    return shape, Axes.CHANNELS_LAST
