"""The rule of `pictures.formats` as stock operations: the graph looks at the first bytes of a file before it decodes.

It finds what the readers of `pictures` find, by the same steps and in the same order. A finding is the place of a
refusal in `formats.REFUSALS`, plus one; 0 is none.
"""

from collections.abc import Iterable

from aoi_modules.pictures import formats
from aoi_modules.pictures.formats import Refusal
from aoi_modules.tf import tf

_SENTENCES = ("", *(refusal.sentence for refusal in formats.REFUSALS))
_HEAD, _FRAME = 68, 20
"""Bytes that say all about a PNG or BMP but for its colour table; and bytes of a JPEG's frame."""
_PNG_FIRST = b"\0\0\0\rIHDR"
_SAMPLING = [int.from_bytes(factors, "big") for factors in formats.JPEG_SAMPLING]
_RAMP = [[level] * 3 for level in range(256)]


def accepted(encoded: tf.Tensor) -> tf.Tensor:
    """Refuses a file that is not read; an assertion fails, whose text is the sentence.

    Args:
        encoded: string scalar.

    Returns:
        The file, string scalar; of a BMP without what stands behind its pixels, which TensorFlow's decoder refuses.
    """
    with tf.device("CPU:0"):  # where decoders run; a graphics card would be asked about each byte
        length = tf.strings.length(encoded)
        head = tf.cast(tf.io.decode_raw(encoded, tf.uint8, fixed_length=_HEAD), tf.int32)
        found, end = tf.switch_case(
            _kind(head),
            [
                lambda: (_other(head, length), length),
                lambda: (_png(head, length), length),
                lambda: (_jpeg(encoded, length), length),
                lambda: _bmp(encoded, head, length),
            ],
        )
        fine = tf.debugging.Assert(tf.equal(found, 0), [tf.gather(tf.constant(_SENTENCES), found)])
        with tf.control_dependencies([fine] if fine is not None else []):  # None where it ran at once
            return tf.strings.substr(encoded, 0, end)


def _kind(head: tf.Tensor) -> tf.Tensor:
    """0 for other formats, 1 for PNG, 2 for JPEG, 3 for BMP."""
    starts = (formats.PNG_START, formats.JPEG_START, formats.BMP_START)
    return tf.reduce_sum(
        tf.stack([tf.cast(_begins(head, 0, start), tf.int32) * kind for kind, start in enumerate(starts, start=1)])
    )


def _other(head: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    foreign = [(_begins(head, at, start), refusal) for at, start, refusal in formats.FOREIGN]
    return _first((length < 1, formats.NOTHING), *foreign, (tf.constant(True), formats.UNKNOWN))


def _png(head: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    width, height = _big(head[16:20]), _big(head[20:24])
    return _first(
        ((length < 33) | ~_begins(head, 8, _PNG_FIRST), formats.DAMAGED),
        (tf.equal(head[24], 16), formats.SIXTEEN_BITS),
        *_sizes(height, width),
    )


def _jpeg(encoded: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    """Goes from segment to segment, as `pictures.jpeg` does, until one is the frame."""
    last = length - _FRAME

    def segment(at: tf.Tensor) -> tf.Tensor:
        """Marker and length of a segment, as one number; negative, since its first byte is 0xFF."""
        return tf.io.decode_raw(tf.strings.substr(encoded, at, 4), tf.int32, little_endian=False, fixed_length=4)[0]

    def before_frame(at: tf.Tensor, word: tf.Tensor) -> tf.Tensor:
        tables = tf.equal(tf.bitwise.right_shift(word, 16), _signed(formats.JPEG_TABLES))
        return (tables | ((word >= _signed(formats.JPEG_FIRST_SEGMENT) << 16) & (word < 0))) & (at < last)

    def next_segment(at: tf.Tensor, word: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        step = tf.where(word >= -1 << 16, 1, 2 + tf.bitwise.bitwise_and(word, 0xFFFF))
        at = tf.minimum(at + step, last)
        return at, segment(at)

    start = tf.constant(2)
    at, _ = tf.while_loop(before_frame, next_segment, (start, segment(start)), parallel_iterations=1)
    frame = tf.io.decode_raw(tf.strings.substr(encoded, at, _FRAME), tf.uint8, fixed_length=_FRAME)
    frame = tf.cast(frame, tf.int32)
    marker, precision, channels = frame[1], frame[4], frame[9]
    return _first(
        (_one_of(marker, formats.JPEG_RARE), formats.RARE_JPEG),
        (~_one_of(marker, formats.JPEG_READ), formats.DAMAGED),
        (tf.equal(channels, 4), formats.PRINT_COLOURS),
        (tf.not_equal(precision, 8) | ~_one_of(channels, (1, 3)), formats.RARE_JPEG),
        *_sizes(_big(frame[5:7]), _big(frame[7:9])),
        (tf.equal(channels, 3) & ~_one_of(_big(frame[11:18:3]), _SAMPLING), formats.RARE_SAMPLING),
    )


def _bmp(encoded: tf.Tensor, head: tf.Tensor, length: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The finding, and where the pixels end."""
    words = tf.bitcast(tf.reshape(tf.cast(head[10:34], tf.uint8), (6, 4)), tf.int32)
    start, size, width, height, planes_and_bits, compression = tf.unstack(tf.cast(words, tf.int64))
    bits, height = tf.bitwise.right_shift(planes_and_bits, 16), tf.abs(height)
    bit_fields = tf.equal(compression, 3) & tf.equal(bits, 32) & _begins(head, 54, formats.BGR_MASKS)
    end = start + height * ((width * bits + 31) // 32 * 4)
    found = _first(
        (length < 54, formats.DAMAGED),
        (size < 40, formats.OLD_BMP),
        (~_one_of(bits, (8, 24, 32)), formats.BMP_BITS),
        (tf.not_equal(compression, 0) & ~bit_fields, formats.PACKED_BMP),
        (tf.equal(bits, 8) & ~_is_ramp(encoded, size + 14, length), formats.COLOUR_TABLE),
        *_sizes(height, width),
        ((start < 54) | (end > tf.cast(length, tf.int64)), formats.DAMAGED),
    )
    return found, tf.cast(end, tf.int32)


def _is_ramp(encoded: tf.Tensor, at: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    place = tf.minimum(tf.maximum(at, 0), tf.cast(length, tf.int64))
    table = tf.io.decode_raw(
        tf.strings.substr(encoded, place, tf.constant(1024, tf.int64)), tf.uint8, fixed_length=1024
    )
    return tf.reduce_all(tf.equal(tf.reshape(table, (256, 4))[:, :3], tf.constant(_RAMP, tf.uint8)))


def _sizes(height: tf.Tensor, width: tf.Tensor) -> tuple[tuple[tf.Tensor, Refusal], ...]:
    """What `pictures.header.check_size` finds; int64 scalars."""
    sides = tf.stack([height, width])
    too_large = tf.reduce_any(sides > formats.MAX_SIDE) | (height * width > formats.MAX_PIXELS)
    return (tf.reduce_any(sides < 1), formats.DAMAGED), (too_large, formats.TOO_LARGE)


def _first(*findings: tuple[tf.Tensor, Refusal]) -> tf.Tensor:
    """The first finding that holds."""
    places = [1 + formats.REFUSALS.index(refusal) for _, refusal in findings]
    holds = tf.stack([holds for holds, _ in findings])
    numbers = tf.where(holds, tf.range(len(places)), len(places))
    return tf.gather(tf.constant([*places, 0]), tf.reduce_min(numbers))


def _begins(head: tf.Tensor, at: int, start: bytes) -> tf.Tensor:
    return tf.reduce_all(tf.equal(head[at : at + len(start)], list(start)))


def _one_of(value: tf.Tensor, values: Iterable[int]) -> tf.Tensor:
    return tf.reduce_any(tf.equal(value, tf.constant(list(values), value.dtype)))


def _big(digits: tf.Tensor) -> tf.Tensor:
    """Bytes as one number, the greatest digit first: int64."""
    return tf.reduce_sum(tf.cast(digits, tf.int64) * [1 << 8 * place for place in reversed(range(digits.shape[0]))])


def _signed(marker: int) -> int:
    """The two bytes of a marker as a number of 16 bits with sign."""
    return (0xFF00 | marker) - 0x10000
