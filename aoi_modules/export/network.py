"""A trained network in one form, whatever kind of file it came from."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.reading import Scaling
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

Run = Callable[[tf.Tensor, "tf.Tensor | None"], "dict[str, tf.Tensor]"]
_IMAGENET_BGR = (103.939, 116.779, 123.68)
_IMAGENET_MEAN, _IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Network:
    """What the export needs to know about a trained network.

    Args:
        run: traceable; takes pictures, float32 (N, H, W, C) in [0, 255], and features, float32 (N, F) or None; gives
            {output: float32 (N, K)}.
        picture: the pictures that `run` takes.
        outputs: units K of each output, in the network's own order.
        features: F; 0 for a network that takes none.
        feature_names: what the network itself calls them; empty where it does not.
        maps: rows and columns of the map that an output has beside it; `run` gives it, too, as `layout.map_name` says.
        origin: file or folder that it was read from, for messages.
    """

    run: Run
    picture: PictureInput
    outputs: dict[str, int]
    features: int = 0
    feature_names: tuple[str, ...] = ()
    origin: str = "the network"
    maps: dict[str, tuple[int, int]] = field(default_factory=dict)

    def renamed(self, names: dict[str, str]) -> "Network":
        """The same network with {new name: output} only, in that order.

        Raises:
            ModelError: it has no such output.
        """
        for output in names.values():
            if output not in self.outputs:
                raise ModelError(f"{self.origin}: expected an output of {', '.join(self.outputs)}. Received: {output}")

        def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
            answers = self.run(pictures, features)
            return {name: answers[output] for name, output in every.items()}

        maps = {name: self.maps[output] for name, output in names.items() if output in self.maps}
        every = {**names, **{map_name(name): map_name(names[name]) for name in maps}}
        outputs = {name: self.outputs[output] for name, output in names.items()}
        return replace(self, run=run, outputs=outputs, maps=maps)

    def complemented(self, names: Collection[str]) -> "Network":
        """The network with 1 - the score in place of these outputs and their maps."""
        if not names:
            return self
        wanted = {*names, *map(map_name, names)}

        def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
            answers = self.run(pictures, features)
            return {name: 1.0 - values if name in wanted else values for name, values in answers.items()}

        return replace(self, run=run)

    def scaled(self, scaling: Scaling) -> "Network":
        """The network with its preprocessing in front, so that it takes pixels in [0, 255].

        Raises:
            ModelError: the scaling is of colours, and the network takes gray pictures.
        """
        if scaling == "none":
            return self
        if scaling in ("caffe", "torch") and self.picture.channels != 3:
            wrong = Argument("scaling", scaling)
            raise ModelError(f"{wrong}: is one of colours, but {self.origin} takes gray pictures", arguments=[wrong])

        def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
            return self.run(scale(pictures, scaling), features)

        return replace(self, run=run)


def scale(pictures: tf.Tensor, scaling: Scaling) -> tf.Tensor:
    """Pixels in [0, 255], float32 (N, H, W, C), as a network expects them."""
    if scaling == "unit":
        return pictures / 255.0
    if scaling == "tf":
        return pictures / 127.5 - 1.0
    if scaling == "caffe":
        return pictures[..., ::-1] - tf.constant(_IMAGENET_BGR)
    if scaling == "torch":
        return (pictures / 255.0 - tf.constant(_IMAGENET_MEAN)) / tf.constant(_IMAGENET_DEVIATION)
    return pictures


def picture_input(shape: Iterable[int | None], size: tuple[int, int] | None, origin: str) -> PictureInput:
    """The pictures that an input of that shape takes.

    Args:
        shape: (N, height, width, channels), channels 1 for gray ones without that axis; height and width may be None.
        size: height and width where the shape leaves them open.
        origin: for messages.

    Raises:
        ModelError: they are no pictures, or of an unknown size, or of another one than asked for.
    """
    shape = tuple(shape)
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise ModelError(
            f"{origin}: expected one input of shape (N, height, width, 1 or 3), or of gray ones (N, height, width). "
            f"Received: {shape}",
            hint="build the model on keras.Input((height, width, channels), name='image')",
        )
    height, width = shape[1], shape[2]
    if size is None and (height is None or width is None):
        wanted = Argument("size", ...)
        raise ModelError(
            f"{origin}: takes pictures of any size, {shape}, and a servable resizes to one",
            hint=f"say which: {wanted}",
            arguments=[wanted],
        )
    if size is not None and (height not in (None, size[0]) or width not in (None, size[1])):
        given = Argument("size", size)
        raise ModelError(f"{origin}: takes pictures of {height} x {width}. Received: {given}", arguments=[given])
    chosen = size or (height, width)
    return PictureInput(height=int(chosen[0] or 0), width=int(chosen[1] or 0), channels=int(shape[3] or 0))
