"""What all charts have: three sizes, axes and grid, an explanation of their signs, and a table of their numbers."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aoi_modules.gateway.doors.pages.charts.markup import Svg, tag, together
from aoi_modules.gateway.doors.pages.charts.scale import Scale

LETTER = 6.6
"""Pixels that a letter of an axis takes on average, at 12 pixels of height."""
_GAP = 8.0
_DAY = re.compile(r"\d{4}-(\d\d)-(\d\d)")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True)
class Size:
    """A drawing is made in three sizes, and the style sheet shows the one that fits: so letters are readable on each.

    Args:
        name: class of the drawing.
        width, height: in pixels.
    """

    name: str
    width: float
    height: float

    @property
    def few(self) -> int:
        """Marks of the vertical axis."""
        return 5 if self.height > 240 else 4


SIZES = (Size("roomy", 760, 280), Size("medium", 520, 260), Size("tight", 330, 230))


@dataclass(frozen=True)
class Key:
    """A sign of a chart, explained: its class, and what it is."""

    sign: str
    meaning: str


@dataclass(frozen=True)
class Chart:
    """A chart, as a page shows it.

    Args:
        about: what is seen, in a sentence: for who cannot see it.
        drawings: of the sizes, from the widest on.
        keys: its signs.
        head: columns of the table of its numbers.
        rows: of that table.
    """

    about: str
    drawings: tuple[Svg, ...]
    keys: tuple[Key, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """The area in which values are drawn."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


def drawn(about: str, draw: Callable[[Size], Iterable[Svg]], sizes: Sequence[Size] = SIZES) -> tuple[Svg, ...]:
    """Makes the drawing of each size."""
    return tuple(
        tag(
            "svg", tag("title", about), *draw(size), class_=f"drawing {size.name}", role="img",
            viewBox=f"0 0 {size.width:g} {size.height:g}",
        )
        for size in sizes
    )  # fmt: skip


def plot_of(size: Size, labels: Sequence[str], *, right: float = _GAP) -> Plot:
    """The area that is left beside the labels of the vertical axis."""
    left = _GAP + LETTER * max(map(len, labels), default=0)
    return Plot(left + 4, size.width - right, 14, size.height - 28)


def levels(plot: Plot, scale: Scale, values: Sequence[float], labels: Sequence[str]) -> Svg:
    """The vertical axis: a line across the plot at each mark, and its label on the left."""
    return together(
        together(
            (
                tag("line", class_="rule", x1=plot.left, x2=plot.right, y1=scale(value), y2=scale(value)),
                tag("text", label, class_="tick", x=plot.left - _GAP, y=scale(value) + 4, text_anchor="end"),
            )
        )
        for value, label in zip(values, labels, strict=True)
    )


def names(plot: Plot, places: Sequence[float], labels: Sequence[str]) -> Svg:
    """The horizontal axis of groups: as many names as there is room for, the last one among them."""
    widest = LETTER * max(map(len, labels), default=1) + 16
    every = max(1, -(-len(labels) * widest // max(plot.width, 1)))
    shown = [place for place in range(len(labels)) if (len(labels) - 1 - place) % every == 0]
    return together(_under(plot, places[place], labels[place]) for place in shown)


def values_below(plot: Plot, scale: Scale, values: Sequence[float], labels: Sequence[str], caption: str = "") -> Svg:
    """The horizontal axis of numbers; its caption stands in its line, at the right end."""
    room = plot.right - (LETTER * len(caption) + 24 if caption else -1)
    told = [
        _under(plot, scale(value), label) for value, label in zip(values, labels, strict=True) if scale(value) < room
    ]
    if caption:
        told.append(tag("text", caption, class_="caption", x=plot.right, y=plot.bottom + 18, text_anchor="end"))
    return together(told)


def base(plot: Plot) -> Svg:
    """The line on which the chart stands."""
    return tag("line", class_="axis", x1=plot.left, x2=plot.right, y1=plot.bottom, y2=plot.bottom)


def _under(plot: Plot, x: float, label: str) -> Svg:
    """A label below the axis, which stays within the drawing."""
    half = LETTER * len(label) / 2
    x = min(x, plot.right + _GAP - half)
    return tag("text", label, class_="tick", x=max(x, half), y=plot.bottom + 18, text_anchor="middle")


def centres(plot: Plot, number: int) -> list[float]:
    """The middles of so many places of equal width."""
    return [plot.left + plot.width * (place + 0.5) / number for place in range(number)]


def short(name: str, most: int = 12) -> str:
    """A name that fits below an axis: a day without its year, else its beginning."""
    day = _DAY.fullmatch(name)
    if day is not None and 1 <= int(day[1]) <= 12:
        return f"{int(day[2])} {_MONTHS[int(day[1]) - 1]}"
    return name if len(name) <= most else f"{name[: most - 1]}…"
