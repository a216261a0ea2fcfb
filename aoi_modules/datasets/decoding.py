"""Pictures as TensorFlow tensors: one decoder and one resize for training and for the served graph.

If training and serving decoded a picture differently, every score would be slightly wrong and nobody would see why.
"""

from aoi_modules.datasets import accepting
from aoi_modules.tf import tf

_LUMA_IN_65536 = (19595.0, 38470.0, 7471.0)
"""The weights of red, green and blue in a gray level (ITU-R BT.601), times 65,536."""


def decode_picture(encoded: tf.Tensor, height: int, width: int, channels: int) -> tf.Tensor:
    """Decodes one encoded picture and resizes it.

    Args:
        encoded: string scalar, the bytes of a PNG, JPEG or BMP file.
        height: of the result, in pixels.
        width: of the result, in pixels.
        channels: 1 (gray) or 3 (RGB).

    Returns:
        float32 (height, width, channels), in [0, 255].
    """
    pixels = decode_pixels(encoded)[tf.newaxis]
    return resize_pictures(pixels if channels == 3 else gray(pixels), height, width)[0]


def decode_pixels(encoded: tf.Tensor) -> tf.Tensor:
    """Decodes one picture: a string scalar to uint8 (h, w, 3).

    What `pictures.formats` does not read is refused in the graph itself, because a model server runs no check of ours:
    its InvalidArgumentError has the very sentence.
    """
    pixels = tf.io.decode_image(accepting.accepted(encoded), channels=3, dtype=tf.uint8, expand_animations=False)
    pixels.set_shape((None, None, 3))
    return pixels


def gray(pixels: tf.Tensor) -> tf.Tensor:
    """Turns colours into gray levels: uint8 (N, h, w, 3) to float32 (N, h, w, 1), whole numbers in [0, 255].

    The formula is that of Pillow's `convert("L")`. TensorFlow has two others, in its PNG decoder and in
    `rgb_to_grayscale`. With several formulas in use, a model would meet other gray levels on the line than in training.
    Sums stay below 2**24, so float32 holds them exactly, and every engine gives the same numbers.
    """
    weighted = tf.cast(pixels, tf.float32) * tf.constant(_LUMA_IN_65536)
    return tf.floor((tf.reduce_sum(weighted, axis=-1, keepdims=True) + 32768.0) / 65536.0)


def resize_pictures(pixels: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """Resizes a batch of pictures bilinearly.

    Plain bilinear, because that operation exists in every engine that reads our graphs. It looks at four neighbours
    only: a picture shrunk to less than half loses small defects, so choose the model's input size accordingly.

    Args:
        pixels: uint8 or float32 (N, h, w, C), in [0, 255].
        height: of the result, in pixels.
        width: of the result, in pixels.

    Returns:
        float32 (N, height, width, C), in [0, 255].
    """
    return tf.image.resize(tf.cast(pixels, tf.float32), (height, width), method="bilinear")
