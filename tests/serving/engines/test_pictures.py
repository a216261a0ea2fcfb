"""Our decoder against the one in the graph."""

import contextlib
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.datasets.decoding import decode_pixels, gray
from aoi_modules.errors import RpcError
from aoi_modules.serving.engines import pictures
from aoi_modules.serving.engines.pictures import decode
from aoi_modules.tf import tf
from tests.serving.engines.encoded import drawn, encode

COLOURS = drawn(37, 53)
RGB = Image.fromarray(COLOURS)
WITH_ALPHA = Image.fromarray(np.dstack([COLOURS, COLOURS[..., :1]]))
SIXTEEN_BITS = COLOURS.astype(np.uint16) * 257 + 5
EXACT = {
    "colours": encode(RGB),
    "gray levels": encode(RGB.convert("L")),
    "black and white": encode(RGB.convert("1")),
    "palette": encode(RGB.quantize(60)),
    "small palette": encode(RGB.quantize(12)),
    "palette with transparency": encode(RGB.quantize(60), transparency=3),
    "palette with many transparencies": encode(RGB.quantize(60), transparency=bytes(range(60))),
    "alpha": encode(WITH_ALPHA),
    "gray levels and alpha": encode(WITH_ALPHA.convert("LA")),
    "transparent gray level": encode(RGB.convert("L"), transparency=3),
    "16 bits gray": encode(SIXTEEN_BITS[..., 0]),
    "16 bits colours": bytes(tf.io.encode_png(tf.constant(SIXTEEN_BITS)).numpy()),
    "16 bits, gray and alpha": bytes(tf.io.encode_png(tf.constant(SIXTEEN_BITS[..., :2])).numpy()),
    "bytes behind the end": encode(RGB) + b"more",
    "BMP": encode(RGB, "BMP"),
    "BMP with alpha": encode(WITH_ALPHA, "BMP"),
    "BMP gray": encode(RGB.convert("L"), "BMP"),
    "BMP palette": encode(RGB.quantize(60), "BMP"),
    "JPEG gray": encode(RGB.convert("L"), "JPEG", quality=97),
    "JPEG of full colours": encode(RGB, "JPEG", quality=97, subsampling=0),
}


def in_graph(encoded: bytes) -> NDArray[np.uint8]:
    """uint8 (h, w, 3)."""
    pixels: NDArray[np.uint8] = decode_pixels(tf.constant(encoded)).numpy()
    return pixels


def furthest(left: NDArray[Any], right: NDArray[Any]) -> int:
    assert left.shape == right.shape
    return int(np.abs(left.astype(int) - right.astype(int)).max())


@pytest.mark.parametrize("kind", EXACT)
def test_bit_for_bit(kind: str) -> None:
    assert furthest(decode(EXACT[kind], 3)[0], in_graph(EXACT[kind])) == 0


@pytest.mark.parametrize("kind", EXACT)
def test_grey_levels_by_the_formula_of_the_graph(kind: str) -> None:
    whole = gray(tf.constant(in_graph(EXACT[kind])[np.newaxis])).numpy()
    assert furthest(decode(EXACT[kind], 1), whole) == 0


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    quality=st.integers(5, 100),
    subsampling=st.integers(0, 2),
    progressive=st.booleans(),
    soft=st.booleans(),
)
def test_jpeg_bit_for_bit(
    height: int, width: int, quality: int, subsampling: int, progressive: bool, soft: bool
) -> None:
    noise = np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)
    pixels = drawn(height, width) if soft else noise
    encoded = encode(pixels, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    graph = in_graph(encoded)
    assert furthest(decode(encoded, 3)[0], graph) == 0
    assert furthest(decode(encoded, 1), gray(tf.constant(graph[np.newaxis])).numpy()) == 0


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr"])
def test_jpeg_of_other_colours_within_two_grey_levels(mode: str) -> None:
    encoded = encode(RGB.convert(mode), "JPEG")
    assert furthest(decode(encoded, 3)[0], in_graph(encoded)) <= 2


def test_a_turned_jpeg_stays_turned_as_in_the_graph() -> None:
    turned = Image.Exif()
    turned[0x112] = 6
    encoded = encode(RGB, "JPEG", exif=turned)
    assert decode(encoded, 3).shape == (1, 37, 53, 3)
    assert furthest(decode(encoded, 3)[0], in_graph(encoded)) == 0


def test_foreign_bytes_before_the_end_of_a_jpeg_change_nothing() -> None:
    padded = JPEG[:-2] + bytes(5) + JPEG[-2:]
    assert furthest(decode(padded, 3)[0], in_graph(padded)) == 0


def test_foreign_bytes_in_the_head_of_a_jpeg_are_read_over() -> None:
    start = JPEG.index(b"\xff\xdb")
    padded = JPEG[:start] + b"foreign" + JPEG[start:]
    assert furthest(decode(padded, 3)[0], in_graph(padded)) <= 10


PNG, JPEG = encode(RGB), encode(RGB, "JPEG")
FLIPPED = bytearray(PNG)
FLIPPED[len(PNG) // 2] ^= 0xFF


@pytest.mark.parametrize(
    "damaged",
    [
        b"", b"no picture", PNG[:8], PNG[:20], PNG[: len(PNG) // 2], PNG[:-12], bytes(FLIPPED), JPEG[:3],
        JPEG[: len(JPEG) // 2], JPEG[:-2], b"BM", b"BM" + bytes(60), encode(RGB.convert("1"), "BMP"),
        encode(RGB, "TIFF"),
    ],
)  # fmt: skip
def test_what_the_graph_refuses_is_refused(damaged: bytes) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        in_graph(damaged)
    with pytest.raises(RpcError) as caught:
        decode(damaged, 3)
    assert caught.value.code == "INVALID_ARGUMENT"


@pytest.mark.parametrize("value", ["text", None, 3])
def test_other_things_than_bytes_are_refused(value: object) -> None:
    with pytest.raises(RpcError, match="expected the bytes of a picture"):
        decode(value, 3)


def test_a_small_file_that_unfolds_to_gigabytes_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    with pytest.raises(RpcError, match=f"expected at most {pictures.MAX_PIXELS} pixels. Received: 60000 x 60000"):
        decode(bomb, 3)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"]))
def test_any_bytes_are_refused_or_decoded(body: bytes, start: bytes) -> None:
    with contextlib.suppress(RpcError):
        assert decode(start + body, 3).ndim == 4
