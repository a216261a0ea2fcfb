"""Requests that a gateway should refuse, or take for what they are: broken pictures, frames, forms and questions.

Whoever calls gives the random numbers, so that a seed repeats what was sent.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote_from_bytes

from PIL import Image

from benchmarks.hostile.mutations import mutated

BOUNDARY = "frontier"
MEDIA_TYPES = ("image/png", "image/jpeg", "image/bmp", "image/x-raw", "application/octet-stream", "text/plain", "", ";")
CHARSETS = ("utf-7", "utf-16", "unicode_escape", "raw_unicode_escape", "undefined", "punycode", "idna", "hex", "none")
SIDES = (0, 1, 2, 255, 65535, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
FEATURES = (b'{"rooms": 3}', b"[1, 2]", b"[1e39]", b"[NaN]", b'"\\ud800"', b'{"\\u0000": 1}', b"\xff", b"[" * 3000, b"")


@dataclass(frozen=True)
class Sent:
    """A request.

    Args:
        kind: what is wrong with it, or may be.
        method: of HTTP.
        path: with what follows a question mark.
        body: of the request.
        headers: of the request.
    """

    kind: str
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@cache
def picture(form: str) -> bytes:
    """A small picture that is whole."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).save(file, form)
    return file.getvalue()


class BrokenUploads:
    """Draws one request after the other.

    Args:
        component: that has a route.
        product: that has a plan.
        position: of that product.
        chance: the random numbers.
    """

    def __init__(self, component: str, product: str, position: str, chance: random.Random) -> None:
        self._component, self._product, self._position = component, product, position
        self._chance = chance

    def draw(self) -> Sent:
        """Makes the next request."""
        kinds: tuple[Callable[[], Sent], ...] = (
            self._whole, self._changed_file, self._changed_file, self._huge_header, self._noise, self._frame,
            self._form, self._unit, self._question,
        )  # fmt: skip
        return self._chance.choice(kinds)()

    def _whole(self) -> Sent:
        """A good picture of a unit of its own, so that what is remembered of each reaches its bound soon."""
        query = f"?unit={self._chance.randrange(10**9)}&position={self._position}"
        return self._inspect("whole", picture(self._chance.choice(("PNG", "JPEG", "BMP"))), "", query)

    def _changed_file(self) -> Sent:
        whole = picture(self._chance.choice(("PNG", "JPEG", "BMP")))
        body = self._chance.choice((mutated(whole, self._chance), whole[: self._chance.randrange(len(whole))]))
        return self._inspect("changed file", body, self._chance.choice(MEDIA_TYPES))

    def _huge_header(self) -> Sent:
        width, height = self._chance.choice(SIDES), self._chance.choice(SIDES)
        makers = (_png_of, _bmp_of, _jpeg_of)
        return self._inspect("huge header", self._chance.choice(makers)(width, height), "image/png")

    def _noise(self) -> Sent:
        start = self._chance.choice((b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF89a", b"II*\0", b"RIFF"))
        size = self._chance.choice((0, 1, 10, 1000, 60_000))
        return self._inspect("noise", start + self._chance.randbytes(size), self._chance.choice(MEDIA_TYPES))

    def _frame(self) -> Sent:
        def number() -> str:
            return self._chance.choice(("40", "30", "1", "0", "-1", "99999", "9" * 5000, "²", "", "3", "2"))

        sizes = f"width={number()}; height={number()}; channels={number()}"
        body = bytes(self._chance.choice((0, 1, 1200, 3600)))
        if self._chance.random() < 0.5:
            return self._inspect("frame", body, f"image/x-raw; {sizes}")
        query = f"?{sizes.replace('; ', '&').replace('²', '%C2%B2')}"
        return self._inspect("frame", body, "image/x-raw", query)

    def _form(self) -> Sent:
        parts = [
            self._part("image", "a.png", picture("PNG")),
            self._part("features", "", self._chance.choice(FEATURES)),
        ]
        return Sent("form", "POST", f"/v1/inspect/{self._component}", self._closed(parts), self._form_headers())

    def _unit(self) -> Sent:
        names = (self._position, "nowhere", "", "\0", "ä", "x" * 300, '"', "\\ud800")
        count = self._chance.choice((0, 1, 2, 3, 70))
        forms = ("PNG", "JPEG", "BMP")
        parts = [
            self._part(self._chance.choice(names), "a", mutated(picture(self._chance.choice(forms)), self._chance))
            for _ in range(count)
        ]
        product = self._chance.choice((f"?product={self._product}", "?product=none", ""))
        path = f"/v1/units/{self._name()}/inspect{product}"
        return Sent("unit", "POST", path, self._closed(parts), self._form_headers())

    def _question(self) -> Sent:
        value = self._chance.choice((*map(str, SIDES), "9" * 5000, "null", "1e3", "2026-11-30", self._name(), ""))
        name = self._chance.choice(("limit", "cursor", "version", "since", "until", "verdict", "role", "lot", "unit"))
        paths = (f"/v1/inspections?{name}={value}", f"/v1/inspections/{value}", f"/v1/inspections/{value}/picture",
                 f"/v1/units/{value}", f"/docs/{value}", f"/{value}")  # fmt: skip
        if self._chance.random() < 0.2:
            return Sent("question", "POST", f"/v1/units/{value}/close?product={self._name()}")
        return Sent("question", "GET", self._chance.choice(paths))

    def _name(self) -> str:
        """A part of a path, or a value: percent-encoded bytes, of which half are no text."""
        return self._chance.choice(("SN1", "..", "%", "%zz", quote_from_bytes(self._chance.randbytes(8)), "%ED%A0%80"))

    def _inspect(self, kind: str, body: bytes, media_type: str, query: str = "") -> Sent:
        return Sent(kind, "POST", f"/v1/inspect/{self._component}{query}", body, {"Content-Type": media_type})

    def _part(self, name: str, file: str, content: bytes) -> bytes:
        head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        types = ("image/png", "image/x-raw; width=9", "text/plain; charset=utf-7", "")
        return (
            f"--{BOUNDARY}\r\n{head}\r\nContent-Type: {self._chance.choice(types)}\r\n\r\n".encode() + content + b"\r\n"
        )

    def _closed(self, parts: list[bytes]) -> bytes:
        """A form, half of the time with changed bytes."""
        whole = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        return mutated(whole, self._chance) if self._chance.random() < 0.5 else whole

    def _form_headers(self) -> dict[str, str]:
        charset = f"; charset={self._chance.choice(CHARSETS)}" if self._chance.random() < 0.5 else ""
        boundaries = (f"; boundary={BOUNDARY}",) * 6 + (
            "",
            "; boundary=",
            f"; boundary={'b' * 5000}",
            "; boundary=\x80",
        )
        return {"Content-Type": f"multipart/form-data{charset}{self._chance.choice(boundaries)}"}


def _png_of(width: int, height: int) -> bytes:
    """A PNG whose header, right by its checksum, says any size."""
    size = struct.pack(">II", width, height)
    whole = picture("PNG")
    header = b"IHDR" + size + whole[24:29]
    return whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]


def _bmp_of(width: int, height: int) -> bytes:
    whole = picture("BMP")
    return whole[:18] + struct.pack("<II", width, height) + whole[26:]


def _jpeg_of(width: int, height: int) -> bytes:
    whole = picture("JPEG")
    at = whole.index(b"\xff\xc0") + 5  # behind marker, length and bits
    return whole[:at] + struct.pack(">HH", height & 0xFFFF, width & 0xFFFF) + whole[at + 4 :]
