"""Looks at a large picture tile by tile: the same network on every tile, in bounded memory.

A loop, because all tiles at once would need as much memory as the picture is larger than a tile: some gigabytes for
12 million pixels. It is TensorFlow's own loop, which other engines read too.
"""

from typing import Any

from aoi_modules.modelstore.layout import IMAGE, map_name
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf

Grid = tuple[int, int]
"""Rows and columns of tiles."""
Box = tuple[int, int, int, int]
"""Top, left, height and width of a part of a picture, in pixels."""
AT_ONCE = 2**18
"""Pixels that the network looks at together: a few tiles of 224 x 224. More are not faster, and take more memory."""


@keras.saving.register_keras_serializable(package="aoi")
class TileByTile(keras.layers.Layer):  # type: ignore[misc]  # Keras has no annotations
    """Cuts a picture into equal tiles and runs a network on each.

    Args:
        network: from float32 (B, h, w, C) to float32 (B, F).
        rows: of tiles; the picture's height is `rows * h`.
        columns: of tiles; the picture's width is `columns * w`.

    Input shape: float32 (N, rows * h, columns * w, C). Output shape: float32 (N, rows * columns, F), row by row.
    """

    def __init__(self, network: keras.Model, rows: int, columns: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network, self.rows, self.columns = network, rows, columns

    def call(self, image: Any) -> Any:
        """Computes the network's answer for every tile."""
        _, high, wide, channels = self.network.inputs[0].shape
        width = self.network.outputs[0].shape[-1]
        together = at_once(self.columns, high * wide)
        strips = tf.reshape(image, (-1, high, self.columns // together, together * wide, channels))
        strips = tf.reshape(tf.transpose(strips, (0, 2, 1, 3, 4)), (-1, high, together * wide, channels))

        def one(strip: Any) -> Any:
            tiles = tf.transpose(tf.reshape(strip, (high, together, wide, channels)), (1, 0, 2, 3))
            return self.network(tiles, training=False)

        # One after the other: side by side they would take the memory that the loop is to save.
        kept = tf.TensorSpec((together, width), tf.float32)
        answers = tf.map_fn(one, strips, fn_output_signature=kept, parallel_iterations=1)
        return tf.reshape(answers, (-1, self.rows * self.columns, width))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the answers."""
        return (input_shape[0], self.rows * self.columns, self.network.outputs[0].shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Gives the arguments of the constructor, by which Keras saves the layer."""
        network = keras.saving.serialize_keras_object(self.network)
        return {**super().get_config(), "network": network, "rows": self.rows, "columns": self.columns}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TileByTile":
        """Makes the layer that `get_config` describes."""
        return cls(**{**config, "network": keras.saving.deserialize_keras_object(config["network"])})


def at_once(columns: int, area: int) -> int:
    """How many tiles of a row the network looks at together: a divisor of their number.

    Args:
        columns: of tiles.
        area: pixels of one tile.
    """
    most = max(1, AT_ONCE // area)
    return max(number for number in range(1, columns + 1) if columns % number == 0 and number <= most)


def tiled_features(
    network: keras.Model, picture_input: PictureInput, grid: Grid, box: Box | None = None
) -> keras.Model:
    """Joins the features of all tiles of a picture to one row.

    Args:
        network: from a tile, float32 (B, h, w, C), to float32 (B, F).
        picture_input: the whole picture.
        grid: tiles of the part that is looked at.
        box: that part; None for all.

    Input shape: `image` float32 (N, H, W, C). Output shape: float32 (N, tiles * F).
    """
    image = _image(picture_input)
    features = keras.layers.Flatten()(TileByTile(network, *grid)(cropped(image, box)))
    model = keras.Model(image, features, name=f"tiled_{network.name}")
    model.trainable = False
    return model


def tiled_model(
    network: keras.Model, heads: keras.Model, picture_input: PictureInput, grid: Grid, box: Box | None = None
) -> keras.Model:
    """Makes a model that judges every tile, and the picture by its worst one.

    Args:
        network: from a tile, float32 (B, h, w, C), to float32 (B, F).
        heads: from a dict of one entry, float32 (B, F), to a dict, head -> float32 (B, 1).
        picture_input: the whole picture.
        grid: tiles of the part that is looked at.
        box: that part; None for all.

    Input shape: `image` float32 (N, H, W, C). Output shape: a dict, head -> float32 (N, 1) and, under
    `layout.map_name`, its map float32 (N, rows, columns).
    """
    image = _image(picture_input)
    features = TileByTile(network, *grid)(cropped(image, box))  # (N, tiles, F)
    (name,) = heads.input
    found = {}
    for head, scores in heads({name: keras.ops.reshape(features, (-1, features.shape[-1]))}).items():
        cells = keras.ops.reshape(scores, (-1, *grid))
        found[head] = keras.ops.max(keras.ops.reshape(cells, (-1, grid[0] * grid[1])), axis=1, keepdims=True)
        found[map_name(head)] = cells
    return keras.Model(image, found, name="model")


def looking_at(network: keras.Model, picture_input: PictureInput, box: Box) -> keras.Model:
    """Lets a network look at a part of the picture only: float32 (N, H, W, C) to what the network gives.

    Args:
        network: from the part, float32 (N, h, w, C).
        picture_input: the whole picture.
        box: the part.
    """
    image = _image(picture_input)
    model = keras.Model(image, network(cropped(image, box)), name=f"part_{network.name}")
    model.trainable = network.trainable
    return model


def cropped(image: keras.KerasTensor, box: Box | None) -> keras.KerasTensor:
    """Cuts a part out of pictures: float32 (N, H, W, C) to (N, h, w, C); None leaves them as they are."""
    if box is None:
        return image
    top, left, height, width = box
    below, beside = image.shape[1] - top - height, image.shape[2] - left - width
    return keras.layers.Cropping2D(((top, below), (left, beside)))(image)


def _image(picture_input: PictureInput) -> keras.KerasTensor:
    return keras.Input((picture_input.height, picture_input.width, picture_input.channels), name=IMAGE)
