"""Pictures of a request: decoded, or refused with the code of a server."""

import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import RpcError
from aoi_modules.pictures import decoding, formats
from aoi_modules.serving.engines.pictures import decode, read
from tests.serving.engines.encoded import drawn, encode

RGB = Image.fromarray(drawn(37, 53))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_is_a_batch_of_one(channels: int) -> None:
    found = read(encode(RGB), channels)
    assert found.shape == (1, 37, 53, channels)
    assert np.array_equal(found[0], decoding.decode(encode(RGB), channels))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", formats.NOTHING),
        (encode(RGB)[:-12], formats.DAMAGED),
        (encode(RGB.convert("CMYK"), "JPEG"), formats.PRINT_COLOURS),
        (encode(Image.fromarray(np.zeros((20, 20), np.uint16))), formats.SIXTEEN_BITS),
    ],
)
def test_what_is_not_read_is_an_invalid_argument(content: bytes, refusal: formats.Refusal) -> None:
    with pytest.raises(RpcError) as caught:
        read(content, 3)
    assert (caught.value.code, caught.value.message) == ("INVALID_ARGUMENT", refusal.sentence)


def test_the_decoder_alone_brings_sixteen_bits_to_eight_as_that_of_the_graph_does() -> None:
    values = np.full((20, 20), 0x4711, np.uint16)
    assert decode(encode(Image.fromarray(values)), 1).tolist() == np.full((1, 20, 20, 1), 0x47).tolist()


@pytest.mark.parametrize("value", ["text", None, 3])
def test_other_things_than_bytes_are_refused(value: object) -> None:
    with pytest.raises(RpcError, match="expected the bytes of a picture"):
        read(value, 3)
