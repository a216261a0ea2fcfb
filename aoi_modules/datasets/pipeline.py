"""Pictures as TensorFlow tensors: one decoder and one resize for training and for the served graph.

If training and serving decoded a picture differently, every score would be a little wrong and nobody would see why.
"""

from aoi_modules.tf import tf


def decode_picture(encoded: tf.Tensor, height: int, width: int, channels: int) -> tf.Tensor:
    """Decodes one encoded picture and resizes it.

    Args:
        encoded: string scalar, the bytes of a PNG, JPEG or BMP file.
        height: of the result, in pixels.
        width: of the result, in pixels.
        channels: 1 (gray) or 3 (RGB); the decoder converts.

    Returns:
        float32 (height, width, channels), in [0, 255].
    """
    pixels = tf.io.decode_image(encoded, channels=channels, dtype=tf.uint8, expand_animations=False)
    pixels.set_shape((None, None, channels))
    return resize_pictures(pixels[tf.newaxis], height, width)[0]


def resize_pictures(pixels: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """Resizes a batch bilinearly.

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
