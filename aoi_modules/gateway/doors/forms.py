"""Forms as HTTP carries them: multipart/form-data after RFC 7578, whose texts are UTF-8 whatever the header says."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from aoi_modules.errors import BadParameter

MULTIPART = "multipart/form-data"
_HEADERS = "aoi.headers"
"""In the scope of a request."""
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
"""Of RFC 2046."""


def headers_of(request: Request) -> Mapping[str, str]:
    """The headers by name in lower case; of one that came twice, the first.

    They are read once a request: a look into Starlette's own goes through all of them.
    """
    found: Mapping[str, str] | None = request.scope.get(_HEADERS)
    if found is None:
        pairs = reversed(request.scope["headers"])
        found = request.scope[_HEADERS] = {name.decode("latin-1"): text.decode("latin-1") for name, text in pairs}
    return found


def parameters_of(request: Request) -> Mapping[str, str]:
    """The parameters of the query by name; of one that came twice, the last."""
    return request.query_params if request.scope["query_string"] else {}


def is_form(request: Request) -> bool:
    """Whether the body is a form."""
    return media_type_of(headers_of(request).get("content-type", ""))[0] == MULTIPART


def media_type_of(text: str) -> tuple[str, Mapping[str, str]]:
    """Splits a media type from its parameters; all names in lower case."""
    kind, semicolon, rest = text.partition(";")
    if not semicolon:
        return kind.strip().lower(), {}
    pairs = (part.partition("=") for part in rest.split(";"))
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


@asynccontextmanager
async def form_of(
    request: Request, body: bytes, *, expected: str, max_files: int, max_fields: int
) -> AsyncIterator[FormData]:
    """Reads the form that a body holds, and closes its files at the end.

    Args:
        request: whose header says how the parts are told apart.
        body: all of it.
        expected: what is said in an error.
        max_files: parts with the name of a file.
        max_fields: other parts.

    Raises:
        BadParameter: it is no form, or has more parts.
    """
    _, given = parse_options_header(headers_of(request).get("content-type", ""))
    boundary = given.get(b"boundary", b"")
    if not _BOUNDARY.fullmatch(boundary):
        found = boundary[:40].decode("latin-1")
        raise BadParameter(
            "boundary", expected="the one between the parts of the form, 1 to 70 characters", found=found
        )
    # A charset here would choose by which of Python's codecs texts are read, and some of these fail or write no text.
    headers = Headers(raw=[(b"content-type", MULTIPART.encode() + b'; boundary="' + boundary + b'"')])

    async def parts() -> AsyncGenerator[bytes, None]:
        yield body
        if not parser.ended:  # raised where the parser closes its files
            raise MultiPartException("a form without an end")

    parser = _Parser(headers, parts(), max_files=max_files, max_fields=max_fields)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise BadParameter("body", expected=expected, found=error.message) from None
    try:
        yield form
    finally:
        await form.close()


class _Parser(MultiPartParser):
    """Knows whether the form has come to its end: without it a part may be missing."""

    ended = False

    def on_end(self) -> None:
        self.ended = True
