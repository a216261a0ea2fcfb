"""Forms: how parts are told apart, and that no header makes text of another kind of them."""

import asyncio

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.forms import form_of, headers_of, is_form, media_type_of, parameters_of

BODY = (
    '--edge\r\nContent-Disposition: form-data; name="größe"\r\n\r\nvier\r\n'
    '--edge\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nbytes\r\n--edge--\r\n'
).encode()


def request(content_type: str) -> Request:
    return Request({"type": "http", "headers": [(b"content-type", content_type.encode("latin-1"))]})


def read(content_type: str, body: bytes = BODY, most: int = 2) -> dict[str, str | bytes]:
    """What stands in a form, by name."""

    async def act() -> dict[str, str | bytes]:
        asked = request(content_type)
        async with form_of(asked, body, expected="a form", max_files=most, max_fields=most) as form:
            items = form.multi_items()
            return {name: await one.read() if isinstance(one, UploadFile) else one for name, one in items}

    return asyncio.run(act())


def test_texts_and_files() -> None:
    assert read("multipart/form-data; boundary=edge") == {"größe": "vier", "image": b"bytes"}


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "unicode_escape", "undefined", "punycode", "idna", "none"])
def test_texts_are_utf_8_whatever_the_header_says(charset: str) -> None:
    for header in (f'charset="{charset}"', f"charset*=utf-8''{charset}", f"CHARSET={charset}"):
        assert read(f"multipart/form-data; {header}; boundary=edge") == {"größe": "vier", "image": b"bytes"}


@pytest.mark.parametrize(
    "boundary", ["", "; boundary=", '; boundary="a\\"b"', "; boundary=\x80", f"; boundary={'b' * 71}"]
)
def test_a_boundary_that_is_none_is_named(boundary: str) -> None:
    with pytest.raises(BadParameter, match="boundary: expected the one between the parts"):
        read(f"multipart/form-data{boundary}")


@pytest.mark.parametrize(
    ("body", "most", "found"),
    [
        (b"", 2, "a form without an end"),
        (BODY.removesuffix(b"--\r\n"), 2, "a form without an end"),
        (BODY[:-12], 2, "a form without an end"),
        (b"hello", 2, "Invalid multipart data"),
        (BODY.replace(b'name="image"; ', b""), 2, 'field "name" must be provided'),
        (BODY, 0, "Too many fields"),
    ],
    ids=["empty", "no end", "cut", "text", "without a name", "too many"],
)
def test_a_body_that_is_no_such_form_is_refused(body: bytes, most: int, found: str) -> None:
    with pytest.raises(BadParameter, match="body: expected a form") as caught:
        read("multipart/form-data; boundary=edge", body, most)
    assert found in caught.value.message


def test_media_types() -> None:
    assert is_form(request("Multipart/Form-Data; boundary=x"))
    assert not is_form(request("image/png"))
    assert media_type_of('image/x-raw; Width="40" ;height=30') == ("image/x-raw", {"width": "40", "height": "30"})
    assert media_type_of("") == ("", {})


def test_of_a_header_that_came_twice_the_first_counts_and_of_a_parameter_the_last() -> None:
    headers = [(b"x-aoi-unit", b"A"), (b"x-aoi-unit", b"B"), (b"x-aoi-lot", "Los-ä".encode("latin-1"))]
    asked = Request({"type": "http", "headers": headers, "query_string": b"lot=1&lot=2"})
    assert headers_of(asked) == {"x-aoi-unit": "A", "x-aoi-lot": "Los-ä"}
    assert headers_of(asked) is headers_of(asked)
    assert dict(parameters_of(asked)) == {"lot": "2"}
    assert parameters_of(Request({"type": "http", "headers": headers, "query_string": b""})) == {}
