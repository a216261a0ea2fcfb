"""Pareto's chart: how often each defect is, and which share the most frequent ones have together."""

from collections.abc import Iterator, Sequence

from aoi_modules.gateway.doors.pages.charts import frame
from aoi_modules.gateway.doors.pages.charts.frame import LETTER, Chart, Key, Plot, Size
from aoi_modules.gateway.doors.pages.charts.markup import Svg, path, tag, together
from aoi_modules.gateway.doors.pages.charts.scale import Scale, marks, parts, percent, percents
from aoi_modules.results.quality.pareto import Bar

ROW = 26.0
"""Height of a bar with its room, in pixels."""
_END = 8.0


def defects(bars: Sequence[Bar]) -> Chart:
    """Draws defects as lying bars, so that their names can be read; the line is the share of a bar and all above it.

    Args:
        bars: as `quality.pareto.pareto` sorts them, at least one.
    """
    about = f"Defects: {_name(bars[0])} are {percent(bars[0].share)} of all" + (
        f", the first {_vital(bars)} together {percent(bars[_vital(bars) - 1].cumulative)}." if len(bars) > 1 else "."
    )
    sizes = [Size(size.name, size.width, 40 + ROW * len(bars)) for size in frame.SIZES]
    return Chart(
        about=about,
        drawings=frame.drawn(about, lambda size: _draw(bars, size), sizes),
        keys=(Key("block", "share of a defect"), Key("line total", "share of it and those above")),
        head=("defect", "parts", "share", "with those above"),
        rows=tuple((_name(bar), parts(bar.count), percent(bar.share), percent(bar.cumulative)) for bar in bars),
    )


def _vital(bars: Sequence[Bar]) -> int:
    """How many of the first bars have four fifths of all."""
    return next(place for place, bar in enumerate(bars, 1) if bar.cumulative >= 0.8)


def _name(bar: Bar) -> str:
    return f"{bar.names} others" if bar.names > 1 else bar.name or "(not named)"


def _draw(bars: Sequence[Bar], size: Size) -> Iterator[Svg]:
    most = 22 if size.width > 600 else 14
    labels = [frame.short(_name(bar), most) for bar in bars]
    counts = [parts(bar.count) for bar in bars]
    left = _END + LETTER * max(map(len, labels)) + 8
    plot = Plot(left, size.width - _END - LETTER * max(map(len, counts)) - 10, 8, size.height - 28)
    scale = Scale(0.0, 1.0, plot.left, plot.right)
    values = marks(0.0, 1.0, 5 if size.width > 400 else 2)
    for value in values:
        yield tag("line", class_="rule", x1=scale(value), x2=scale(value), y1=plot.top, y2=plot.bottom)
    yield frame.values_below(plot, scale, values, percents(values))
    middles = [plot.top + ROW * (place + 0.5) for place in range(len(bars))]
    for bar, label, count, y in zip(bars, labels, counts, middles, strict=True):
        yield _bar(bar, label, count, y, plot, scale)
    yield tag("line", class_="axis", x1=plot.left, x2=plot.left, y1=plot.top, y2=plot.bottom)
    yield _total([(scale(bar.cumulative), y) for bar, y in zip(bars, middles, strict=True)])


def _bar(bar: Bar, label: str, count: str, y: float, plot: Plot, scale: Scale) -> Svg:
    told = f"{_name(bar)}: {parts(bar.count)} parts, {percent(bar.share)}; with those above {percent(bar.cumulative)}"
    width = max(0.0, scale(bar.share) - plot.left)
    return tag(
        "g",
        tag("title", told),
        tag("text", label, class_="named", x=plot.left - 8, y=y + 4, text_anchor="end"),
        tag("rect", class_="block", x=plot.left, y=y - ROW * 0.34, width=width, height=ROW * 0.68),
        tag("text", count, class_="tick", x=plot.right + 10, y=y + 4),
    )


def _total(points: Sequence[tuple[float, float]]) -> Svg:
    dots = [tag("circle", class_="dot total", cx=x, cy=y, r=3.5) for x, y in points]
    return together([tag("path", class_="line total", d=path(points)), *dots])
