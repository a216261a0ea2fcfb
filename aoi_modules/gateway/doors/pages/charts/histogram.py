"""Histograms of scores, one above the other: a few defective parts stay visible beside many good ones."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aoi_modules.gateway.doors.pages.charts import frame
from aoi_modules.gateway.doors.pages.charts.frame import Chart, Key, Plot, Size
from aoi_modules.gateway.doors.pages.charts.markup import Svg, tag
from aoi_modules.gateway.doors.pages.charts.scale import Scale, decimals, marks, parts
from aoi_modules.verdict import Limits

BINS = 40


@dataclass(frozen=True)
class Scores:
    """Scores of some parts.

    Args:
        name: of these parts, as "judged defective".
        sign: class of their colour.
        values: in [0, 1].
    """

    name: str
    sign: str
    values: Sequence[float]


def histogram(
    kinds: Sequence[Scores],
    ends: tuple[float, float],
    *,
    in_force: Limits | None = None,
    tried: Limits | None = None,
) -> Chart:
    """Draws how scores lie, beside the thresholds.

    Args:
        kinds: of parts; at least one.
        ends: of the axis of scores; what lies beyond counts at its end.
        in_force, tried: limits to mark.
    """
    counts = [_counts(kind.values, ends) for kind in kinds]
    about = "Scores of parts: " + ", ".join(f"{len(kind.values):,} {kind.name}" for kind in kinds) + "."
    sizes = [Size(size.name, size.width, 40 + len(kinds) * (0.3 * size.height + 12)) for size in frame.SIZES]
    return Chart(
        about=about,
        drawings=frame.drawn(about, lambda size: _draw(kinds, counts, ends, (in_force, tried), size), sizes),
        keys=tuple(Key(f"block {kind.sign}", f"{kind.name}: {len(kind.values):,}") for kind in kinds),
        head=("score from", "to", *(kind.name for kind in kinds)),
        rows=tuple(_rows(counts, ends)),
    )


def _counts(values: Sequence[float], ends: tuple[float, float]) -> list[int]:
    low, high = ends
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, max(0, math.floor((value - low) / (high - low) * BINS)))] += 1
    return counts


def _rows(counts: Sequence[Sequence[int]], ends: tuple[float, float]) -> Iterator[tuple[str, ...]]:
    """The bins in which there is something."""
    low, width = ends[0], (ends[1] - ends[0]) / BINS
    for place, numbers in enumerate(zip(*counts, strict=True)):
        if any(numbers):
            yield f"{low + width * place:.4g}", f"{low + width * (place + 1):.4g}", *map(parts, numbers)


def _draw(
    kinds: Sequence[Scores],
    counts: Sequence[Sequence[int]],
    ends: tuple[float, float],
    limits: tuple[Limits | None, Limits | None],
    size: Size,
) -> Iterator[Svg]:
    most = [str(max(numbers)) for numbers in counts]
    whole = frame.plot_of(size, most)
    across = Scale(*ends, whole.left, whole.right)
    scores = marks(*ends, 10 if size.width > 600 else 5)
    height = (whole.bottom - whole.top + 12) / len(kinds)
    for place, (kind, numbers) in enumerate(zip(kinds, counts, strict=True)):
        top = whole.top + height * place
        yield from _panel(kind, numbers, Plot(whole.left, whole.right, top + 14, top + height - 12), across)
    for limit, sign in zip(limits, ("force", "tried"), strict=True):
        if limit is not None:
            x = across(limit.threshold)
            yield tag("line", class_=f"line {sign}", x1=x, x2=x, y1=whole.top, y2=whole.bottom)
    yield frame.values_below(whole, across, scores, decimals(scores), "score")


def _panel(kind: Scores, numbers: Sequence[int], plot: Plot, across: Scale) -> Iterator[Svg]:
    highest = max(*numbers, 1)
    up = Scale(0.0, highest, plot.bottom, plot.top)
    width = plot.width / BINS
    yield tag("text", kind.name, class_="caption", x=plot.left + 4, y=plot.top - 4)
    yield tag("line", class_="rule", x1=plot.left, x2=plot.right, y1=plot.top, y2=plot.top)
    yield tag("text", str(highest), class_="tick", x=plot.left - 8, y=plot.top + 4, text_anchor="end")
    for place, number in enumerate(numbers):
        if number:  # one part is seen, however many others there are
            y = min(up(number), plot.bottom - 1.5)
            inside = tag("title", f"{number:,} {kind.name}")
            size = {"width": max(0.5, width - 1), "height": plot.bottom - y}
            yield tag("rect", inside, class_=f"block {kind.sign}", x=plot.left + width * place + 0.5, y=y, **size)
    yield frame.base(plot)
