"""Elements of SVG as text. What is no markup is escaped, and no number of a drawing is NaN or endless."""

import math
import re
from collections.abc import Iterable
from html import escape

_PLAIN = re.compile(r"[A-Za-z0-9 .,:;#%()/_-]*")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Svg(str):
    """Markup. A plain text is escaped where it goes into an element; templates put markup in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def tag(name: str, *inside: str, **attributes: str | float) -> Svg:
    """Writes an element.

    Args:
        name: of the element.
        inside: markup as it is, and texts, which are escaped.
        attributes: `class_` becomes class, `stroke_width` becomes stroke-width; numbers are rounded to a tenth.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    said = "".join(f' {_name(key)}="{_value(key, value)}"' for key, value in attributes.items())
    return Svg(f"<{name}{said}>{together(inside)}</{name}>" if inside else f"<{name}{said}/>")


def together(parts: Iterable[str]) -> Svg:
    """Puts markup and texts in a row."""
    return Svg("".join(part if isinstance(part, Svg) else text(part) for part in parts))


def text(said: str) -> Svg:
    """A text as XML may hold it: escaped, and without the characters that XML has no place for."""
    if _PLAIN.fullmatch(said):  # as nearly all are
        return Svg(said)
    return Svg(escape(_NO_XML.sub("\ufffd", said)))


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """The `d` of a line through points."""
    steps = [f"{number(x)} {number(y)}" for x, y in points]
    return ("M" + "L".join(steps) + ("Z" if closed else "")) if steps else ""


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel.

    Raises:
        ValueError: it is NaN or infinite.
    """
    if not math.isfinite(value):
        raise ValueError(f"coordinate: expected a number. Received: {value}")
    return f"{round(value, 1):g}"


def _name(key: str) -> str:
    return "viewBox" if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _value(key: str, value: str | float) -> str:
    if isinstance(value, str):
        return text(value)
    try:
        return number(value)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
