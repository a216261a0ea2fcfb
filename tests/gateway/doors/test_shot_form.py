"""A picture with what goes beside it, as HTTP carries it."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from urllib3.filepost import encode_multipart_formdata

from aoi_modules.errors import BadParameter, NoPicture
from aoi_modules.gateway.doors.shot_form import features_of, shot_of
from aoi_modules.gateway.shots import FrameSize, Shot

RAW = "image/x-raw"


def shot(body: bytes, content_type: str = "", query: str = "", **headers: str) -> Shot:
    lines = {"content-type": content_type, **headers}
    scope = {
        "type": "http",
        "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in lines.items()],
        "query_string": query.encode(),
    }
    return asyncio.run(shot_of(Request(scope), body))


def form(*fields: tuple[str, object]) -> Shot:
    body, content_type = encode_multipart_formdata(list(fields))  # type: ignore[arg-type]
    return shot(body, content_type)


def test_a_bare_picture() -> None:
    assert shot(b"picture", "image/png") == Shot(b"picture")
    assert shot(b"picture", query="features=[1,2.5]") == Shot(b"picture", features=(1.0, 2.5))
    assert shot(b"picture", x_aoi_features='{"area": 60}') == Shot(b"picture", features={"area": 60.0})


def test_a_form() -> None:
    picture = ("image", ("a.png", b"picture", "image/png"))
    assert form(picture) == Shot(b"picture")
    assert form(picture, ("features", "[3]")) == Shot(b"picture", features=(3.0,))
    as_file = ("features", ("f.json", b'{"a": 1}', "application/json"))
    assert form(picture, as_file) == Shot(b"picture", features={"a": 1.0})
    raw = ("image", ("a.raw", b"123456", f"{RAW}; width=3; height=2; channels=1"))
    assert form(raw, ("features", "[3]")) == Shot(b"123456", FrameSize(3, 2, 1), (3.0,))


@pytest.mark.parametrize(
    ("content_type", "query"),
    [
        (f"{RAW};width=3;height=2;channels=1", ""),
        ('Image/X-Raw; Width="3"; height=2 ;channels=1', "width=9"),
        (RAW, "width=3&height=2&channels=1"),
    ],
)
def test_a_raw_frame(content_type: str, query: str) -> None:
    assert shot(b"123456", content_type, query) == Shot(b"123456", FrameSize(3, 2, 1))


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ("", "width: expected 1 to 65535, for a raw frame. Received: ''"),
        (";width=0;height=2;channels=1", "width: .* Received: '0'"),
        (";width=3;height=70000;channels=1", "height: "),
        (";width=3;height=-2;channels=1", "height: "),
        (";width=3;height=2;channels=2", "channels: expected 1 or 3. Received: '2'"),
        (";width=3;height=2;channels=4", "channels: expected 1 to 3"),
        (";width=\u0663;height=2;channels=1", "width: "),
    ],
)
def test_sizes_that_make_no_sense(parameters: str, told: str) -> None:
    with pytest.raises(BadParameter, match=told):
        shot(b"", RAW + parameters.encode("latin-1", "replace").decode("latin-1"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([("image", "text")], "image: expected a file"),
        ([("image", ("a", b"1")), ("unit", "SN1")], "unit: expected image and features in the form"),
        ([("image", ("a", b"1")), ("image", ("b", b"2"))], "body: expected each field once"),
        ([("image", ("a", b"1")), ("features", "many")], "features: expected JSON"),
    ],
)
def test_forms_that_make_no_sense(fields: list[tuple[str, object]], told: str) -> None:
    with pytest.raises(BadParameter, match=told):
        form(*fields)


def test_a_form_without_a_picture() -> None:
    with pytest.raises(NoPicture):
        form(("features", "[1]"))
    with pytest.raises(BadParameter, match="body: "):
        shot(b"no form", "multipart/form-data; boundary=x")
    with pytest.raises(BadParameter, match="boundary: "):
        shot(b"no form", "multipart/form-data")


@pytest.mark.parametrize(
    "text", ["", "3", '"a"', "[1, null]", "[true]", '{"a": "1"}', "[[1]]", "[NaN]", "[1e400]", "[1e39]"]
)
def test_features_that_make_no_sense(text: str) -> None:
    with pytest.raises(BadParameter, match="features"):
        features_of(text)


@given(st.text())
def test_any_text_is_features_or_refused(text: str) -> None:
    with suppress(BadParameter):
        assert isinstance(features_of(text), dict | tuple)
