"""JPEG whole and damaged, against the decoder of the graph."""

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import formats, jpeg
from tests.pictures.drawn import encoded, soft
from tests.pictures.graph import in_graph

PIXELS = soft(37, 53)
RGB = Image.fromarray(PIXELS)
PLAIN = encoded(RGB, "JPEG", restart_marker_blocks=2)
FRAME, SCAN = PLAIN.index(b"\xff\xc0"), PLAIN.index(b"\xff\xda")
TURNED = Image.Exif()
TURNED[0x112] = 6


def changed(at: int, value: int) -> bytes:
    found = bytearray(PLAIN)
    found[at] = value
    return bytes(found)


READ = {
    "plain": PLAIN,
    "gray": encoded(RGB.convert("L"), "JPEG"),
    "progressive": encoded(RGB, "JPEG", progressive=True),
    "RGB": encoded(RGB, "JPEG", keep_rgb=True),
    "turned": encoded(RGB, "JPEG", exif=TURNED),
    **{f"sampling {kind}": simplejpeg.encode_jpeg(PIXELS, 90, "RGB", kind) for kind in ("444", "422", "440", "411")},
    "bytes behind": PLAIN + b"behind",
    "filled between segments": PLAIN[:FRAME] + b"\xff\xff" + PLAIN[FRAME:],
    "foreign bytes behind the frame": PLAIN[:SCAN] + b"foreign" + PLAIN[SCAN:],
    "foreign bytes before the end": PLAIN[:-2] + bytes(5) + PLAIN[-2:],
    "foreign bytes in the scan": PLAIN[: SCAN + 300] + b"foreign" + PLAIN[SCAN + 300 :],
    "JFIF of the future": changed(11, 7),
}
REFUSED = {
    "cut off": (PLAIN[: len(PLAIN) // 2], formats.DAMAGED),
    "without its end": (PLAIN[:-2], formats.DAMAGED),
    "its head alone": (PLAIN[:SCAN], formats.DAMAGED),
    "almost nothing": (PLAIN[:3], formats.DAMAGED),
    "foreign bytes before the frame": (PLAIN[:FRAME] + b"foreign" + PLAIN[FRAME:], formats.DAMAGED),
    "no height": (changed(FRAME + 6, 0), formats.DAMAGED),
    "colours of print": (encoded(RGB.convert("CMYK"), "JPEG"), formats.PRINT_COLOURS),
    "12 bits": (changed(FRAME + 4, 12), formats.RARE_JPEG),
    "two channels": (changed(FRAME + 9, 2), formats.RARE_JPEG),
    "lossless": (changed(FRAME + 1, 0xC3), formats.RARE_JPEG),
    "arithmetic coding": (changed(FRAME + 1, 0xC9), formats.RARE_JPEG),
    "unusual sampling": (changed(FRAME + 14, 0x12), formats.RARE_SAMPLING),
}


@pytest.mark.parametrize("case", READ)
def test_what_the_graph_reads_is_read_alike(case: str) -> None:
    header = jpeg.read_header(READ[case])
    pixels = jpeg.decode(READ[case], header)
    assert pixels.shape == (37, 53, header.channels)
    assert np.array_equal(np.broadcast_to(pixels, (37, 53, 3)), in_graph(READ[case]))


@pytest.mark.parametrize("case", REFUSED)
def test_the_rest_is_refused_by_its_sentence(case: str) -> None:
    content, refusal = REFUSED[case]
    assert in_graph(content) is None
    with pytest.raises(NotAPicture) as caught:
        jpeg.decode(content, jpeg.read_header(content))
    assert caught.value.message == refusal.sentence
