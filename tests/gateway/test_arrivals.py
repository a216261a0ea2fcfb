"""A picture before and after it is there: what is looked at, and by which key its repeats are known."""

import asyncio
import hashlib

import pytest

from aoi_modules.errors import BadParameter, NoPicture, NotAPicture, TooLarge
from aoi_modules.gateway.arrivals import LIGHT_PIXELS, Arrived, receive
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.results.record import Origin, given_key, picture_key
from tests.gateway.conftest import Arriving, picture_bytes

PICTURE = picture_bytes()
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def received(arriving: Arriving, most_pixels: int = 10**6) -> Arrived:
    return asyncio.run(receive("tile", arriving, arriving.origin(), most_pixels=most_pixels, stages={}))


def test_what_is_known_of_a_picture() -> None:
    arrived = received(Arriving(picture_bytes("JPEG", (40, 30))))
    picture = arrived.picture
    assert (picture.width, picture.height, picture.kind, picture.size) == (40, 30, "jpg", len(arrived.shot.content))
    assert picture.sha256 == hashlib.sha256(arrived.shot.content).hexdigest()
    assert not picture.kept


def test_a_large_picture_is_looked_at_all_the_same() -> None:
    content = picture_bytes(size=(400, LIGHT_PIXELS // 300))
    assert received(Arriving(content)).picture.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(NotAPicture):
        received(Arriving(content[:-20]))


def test_who_names_no_unit_and_no_key_is_never_taken_for_a_repeat() -> None:
    assert received(Arriving()).key is None


def test_a_unit_a_position_and_a_picture_are_a_key() -> None:
    assert received(Arriving(unit="SN1")).key == picture_key("tile", Origin(unit="SN1"), DIGEST)


def test_a_given_key_wins() -> None:
    assert received(Arriving(unit="SN1", key="17")).key == given_key("tile", "17")


def test_other_numbers_beside_a_picture_are_another_request_even_with_the_same_key() -> None:
    class Beside(Arriving):
        async def shot(self) -> Shot:
            return Shot(PICTURE, features={"rooms": 3.0})

    bare, beside = received(Arriving(key="17")), received(Beside(key="17"))
    assert bare.key != beside.key == received(Beside(key="17")).key


@pytest.mark.parametrize(("content", "error"), [(b"", NoPicture), (b"text", NotAPicture), (PICTURE, TooLarge)])
def test_what_cannot_be_asked_about(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        received(Arriving(content), most_pixels=100)


@pytest.mark.parametrize("size", [FrameSize(3, 2, 1), FrameSize(300, 400, 3)], ids=["small", "large"])
def test_what_is_known_of_a_raw_frame(size: FrameSize) -> None:
    content = bytes(size.length)
    picture = received(Arriving(Shot(content, size))).picture
    assert (picture.width, picture.height, picture.kind, picture.size) == (size.width, size.height, "raw", size.length)
    assert picture.sha256 == hashlib.sha256(content).hexdigest()


def test_a_raw_frame_of_another_size_than_was_said() -> None:
    with pytest.raises(BadParameter, match=r"body: expected 3 x 2 x 3 = 18 bytes. Received: '17 bytes'"):
        received(Arriving(Shot(bytes(17), FrameSize(3, 2, 3))))
    with pytest.raises(TooLarge, match=r"at most 100 pixels\. Received: 20 x 20"):
        received(Arriving(Shot(bytes(400), FrameSize(20, 20, 1))), most_pixels=100)


def test_a_picture_with_other_features_is_no_repeat() -> None:
    shots = [Shot(PICTURE), Shot(PICTURE, features=(1.0,)), Shot(PICTURE, features={"a": 1.0, "b": 2.0})]
    keys = [received(Arriving(shot, unit="SN1")).key for shot in shots]
    assert len(set(keys)) == 3
    assert received(Arriving(Shot(PICTURE, features={"b": 2.0, "a": 1.0}), unit="SN1")).key == keys[2]
