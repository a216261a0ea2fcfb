"""PNG by hand, against the decoder of the graph."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import decoding, formats, png
from tests.pictures import drawn
from tests.pictures.drawn import chunk
from tests.pictures.graph import in_graph

WIDTH, HEIGHT = 13, 11
LEVELS = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH), np.uint8)
ROWS = b"".join(b"\0" + row.tobytes() for row in LEVELS)
STREAM = zlib.compress(ROWS)
COLOURS = chunk(b"PLTE", bytes(range(30)))
NOTE = chunk(b"tEXt", b"a\0b")


def made(**options: object) -> bytes:
    return drawn.png(ROWS, WIDTH, HEIGHT, **options)  # type: ignore[arg-type]


READ = {
    "plain": made(),
    "bytes behind": made() + b"behind",
    "a wrong checksum that no pixel depends on": made(before=chunk(b"tEXt", b"a\0b", wrong=1)),
    "more rows than it says": drawn.png(ROWS + ROWS[:14], WIDTH, HEIGHT),
    "bytes behind the stream": made(stream=STREAM + b"more"),
    "a second stream": made(after=NOTE + chunk(b"IDAT", STREAM)),
    "a wrong sum in a part of its own": made(stream=STREAM[:-4], after=chunk(b"IDAT", b"wrng")),
    "a palette of gray levels": made(before=COLOURS),
    "colours that the palette does not name": made(kind=3, before=COLOURS),
    "an animation": made(before=chunk(b"acTL", struct.pack(">II", 2, 0)), after=chunk(b"fdAT", bytes(30))),
    "gamma": made(before=chunk(b"gAMA", struct.pack(">I", 10_000))),
}
REFUSED = {
    "no end": made()[:-12],
    "a stream without its end": made(stream=STREAM[:-4]),
    "a stream with a wrong sum": made(stream=STREAM[:-4] + b"wrng"),
    "a row missing": drawn.png(ROWS[:-14], WIDTH, HEIGHT),
    "a byte missing": drawn.png(ROWS[:-1], WIDTH, HEIGHT),
    "a filter that does not exist": drawn.png(b"\5" + ROWS[1:], WIDTH, HEIGHT),
    "a stream in two places": made(stream=STREAM[:50], after=NOTE + chunk(b"IDAT", STREAM[50:])),
    "a wrong checksum of the head": made()[:29] + b"wrng" + made()[33:],
    "two heads": made(before=made()[8:33]),
    "a part that no decoder knows": made(before=chunk(b"CRIT", b"")),
    "a name that is none": made(before=chunk(b"1RNS", b"")),
    "no palette": made(kind=3),
    "two palettes": made(kind=3, before=COLOURS * 2),
    "a palette behind the pixels": made(kind=3, after=COLOURS),
    "a palette of no whole colours": made(kind=3, before=chunk(b"PLTE", bytes(31))),
    "an empty palette": made(kind=3, before=chunk(b"PLTE", b"")),
    "a kind that does not exist": made(kind=5),
    "a depth that the kind has not": made(kind=2, bits=4),
}


@pytest.mark.parametrize("case", READ)
def test_what_the_graph_reads_is_read_alike(case: str) -> None:
    header = png.read_header(READ[case])
    pixels = png.decode(READ[case], header)
    assert pixels.shape == (HEIGHT, WIDTH, header.channels)
    assert np.array_equal(np.broadcast_to(pixels, (HEIGHT, WIDTH, 3)), in_graph(READ[case]))


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_graph_refuses_is_refused(case: str) -> None:
    assert in_graph(REFUSED[case]) is None
    with pytest.raises(NotAPicture) as caught:
        png.decode(REFUSED[case], png.read_header(REFUSED[case]))
    assert caught.value.message == formats.DAMAGED.sentence


@pytest.mark.parametrize(("mode", "channels"), [("1", 1), ("L", 1), ("LA", 1), ("P", 3), ("RGB", 3), ("RGBA", 3)])
def test_the_header_knows_gray_from_colours(mode: str, channels: int) -> None:
    header = png.read_header(drawn.encoded(Image.fromarray(drawn.soft(5, 7)).convert(mode)))
    assert (header.height, header.width, header.channels) == (5, 7, channels)


@pytest.mark.parametrize("kind", [0, 2, 4, 6])
def test_sixteen_bits_are_refused(kind: int) -> None:
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    values = np.random.default_rng(kind).integers(0, 1 << 16, (HEIGHT, WIDTH, samples), np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    content = drawn.png(rows, WIDTH, HEIGHT, bits=16, kind=kind)
    assert in_graph(content) is None
    with pytest.raises(NotAPicture) as caught:
        decoding.decode(content)
    assert caught.value.message == formats.SIXTEEN_BITS.sentence
    colours = 3 if samples > 2 else 1
    assert np.array_equal(decoding.decode_accepted(content, png.read_header(content)), values[..., :colours] >> 8)
