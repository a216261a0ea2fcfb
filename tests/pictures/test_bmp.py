"""BMP by hand, against the decoder of the graph."""

import numpy as np
import pytest

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import bmp, formats
from aoi_modules.pictures.formats import Refusal
from tests.pictures import drawn
from tests.pictures.graph import in_graph

WIDTH, HEIGHT = 7, 5
RAMP = np.repeat(np.arange(256, dtype=np.uint8), 4).tobytes()


def made(bits: int = 24, height: int = HEIGHT, **options: object) -> bytes:
    row = (WIDTH * bits + 31) // 32 * 4
    pixels = np.random.default_rng(0).integers(0, 256, HEIGHT * row, np.uint8).tobytes()
    return drawn.bmp(pixels, WIDTH, height, bits=bits, **options)  # type: ignore[arg-type]


READ = {
    "24 bits": made(),
    "32 bits": made(32),
    "32 bits with usual bit fields": made(32, compression=3),
    "32 bits with usual bit fields in a long header": made(32, compression=3, header=124),
    "gray levels": made(8, table=RAMP),
    "gray levels in a long header": made(8, table=RAMP, header=108),
    "top-down": made(height=-HEIGHT),
    "bytes behind": made() + b"behind",
}
INVERTED = np.repeat(np.arange(255, -1, -1, dtype=np.uint8), 4).tobytes()
REFUSED = {
    "a colour table": (made(8, table=bytes(1024)), formats.COLOUR_TABLE),
    "levels upside down": (made(8, table=INVERTED), formats.COLOUR_TABLE),
    "a short table": (made(8, table=RAMP[:512]), formats.COLOUR_TABLE),
    "1 bit": (made(1, table=bytes(8)), formats.BMP_BITS),
    "4 bits": (made(4, table=bytes(64)), formats.BMP_BITS),
    "16 bits": (made(16), formats.BMP_BITS),
    "run lengths": (made(8, table=RAMP, compression=1), formats.PACKED_BMP),
    "other bit fields": (made(32, compression=3, masks=drawn.MASKS[1]), formats.PACKED_BMP),
    "OS/2": (made(header=16), formats.OLD_BMP),
    "cut off": (made()[:-1], formats.DAMAGED),
    "almost nothing": (made()[:50], formats.DAMAGED),
    "no rows": (made(height=0), formats.DAMAGED),
    "too many rows": (made(height=1 << 30), formats.TOO_LARGE),
}


@pytest.mark.parametrize("case", READ)
def test_what_the_graph_reads_is_read_alike(case: str) -> None:
    header = bmp.read_header(READ[case])
    pixels = bmp.decode(READ[case], header)
    assert pixels.shape == (HEIGHT, WIDTH, header.channels)
    assert np.array_equal(np.broadcast_to(pixels, (HEIGHT, WIDTH, 3)), in_graph(READ[case]))


@pytest.mark.parametrize("case", REFUSED)
def test_the_rest_is_refused_by_its_sentence(case: str) -> None:
    content, refusal = REFUSED[case]
    assert isinstance(refusal, Refusal)
    assert in_graph(content) is None
    with pytest.raises(NotAPicture) as caught:
        bmp.read_header(content)
    assert caught.value.message == refusal.sentence


def test_rows_stand_upside_down_and_channels_from_blue_to_red() -> None:
    content = drawn.bmp(bytes([1, 2, 3, 0, 4, 5, 6, 0]), 1, 2)
    assert bmp.decode(content, bmp.read_header(content)).tolist() == [[[6, 5, 4]], [[3, 2, 1]]]
