"""A rate from group to group, such as days: each with its 95% interval, and unknown ones marked as unknown."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from aoi_modules.gateway.doors.pages.charts import frame
from aoi_modules.gateway.doors.pages.charts.frame import Chart, Key, Plot, Size
from aoi_modules.gateway.doors.pages.charts.markup import Svg, path, tag, together
from aoi_modules.gateway.doors.pages.charts.scale import Scale, marks, parts, percent, percents, round_range
from aoi_modules.results.quality.figures import Figure

Groups = Sequence[tuple[str, Figure]]
_HEAD = ("rate", "95% interval", "parts", "judged at random", "why unknown")


def trend(groups: Groups, *, what: str, by: str, sign: str, from_zero: bool = True) -> Chart:
    """Draws a rate over groups.

    Args:
        groups: by name, in the order of time.
        what: the rate is, as "escape rate".
        by: what the groups are, as "day". Only days and lots follow each other, so only their points are joined.
        sign: class of the rate's colour.
        from_zero: whether the axis begins at 0; for a rate near 1 it need not.
    """
    return Chart(
        about=_about(groups, what, by),
        drawings=frame.drawn(_about(groups, what, by), lambda size: _draw(groups, size, by, sign, from_zero)),
        keys=(
            Key(f"dot {sign}", f"{what} of a {by}"),
            Key(f"whisker {sign}", "95% interval; with an arrow it goes on above"),
            Key("unknown", "unknown, which is not 0"),
        ),
        head=(by, *_HEAD),
        rows=tuple(_row(name, figure) for name, figure in groups),
    )


def _about(groups: Groups, what: str, by: str) -> str:
    known = [(name, figure.value) for name, figure in groups if figure.value is not None]
    told = f"{what.capitalize()} by {by}: {len(groups)} in all, {len(groups) - len(known)} unknown"
    if not known:
        return f"{told}."
    low, high = (extreme(known, key=lambda one: one[1]) for extreme in (min, max))
    return f"{told}; from {percent(low[1])} ({low[0]}) to {percent(high[1])} ({high[0]})."


def _row(name: str, figure: Figure) -> tuple[str, ...]:
    low_high = "" if figure.interval is None else " to ".join(map(percent, figure.interval))
    rate = "unknown" if figure.value is None else percent(figure.value)
    return name or "(none)", rate, low_high, parts(figure.parts), parts(figure.sampled), figure.unknown


def _draw(groups: Groups, size: Size, by: str, sign: str, from_zero: bool) -> Iterator[Svg]:
    ends = round_range(_looked_at(groups), most=size.few, from_zero=from_zero)
    values = marks(*ends, size.few)
    plot = frame.plot_of(size, percents(values))
    scale = Scale(*ends, plot.bottom, plot.top)
    places = frame.centres(plot, len(groups))
    yield frame.levels(plot, scale, values, percents(values))
    yield frame.names(plot, places, [frame.short(name or "(none)") for name, _ in groups])
    yield frame.base(plot)
    if by in ("day", "lot"):
        yield _joined(groups, places, scale, sign)
    for x, (name, figure) in zip(places, groups, strict=True):
        yield _point(plot, scale, x, name or "(none)", figure, sign, min(9.0, plot.width / len(groups) / 2))


def _looked_at(groups: Groups) -> Iterator[float]:
    """What the axis has to hold: all rates, and nine of ten intervals, so that one of three parts hides no other."""
    known = [(figure.value, figure.interval) for _, figure in groups if figure.value is not None]
    yield from (value for value, _ in known)
    lows = sorted(interval[0] for _, interval in known if interval)
    highs = sorted(interval[1] for _, interval in known if interval)
    if highs:
        yield lows[len(lows) // 10]
        yield highs[len(highs) - 1 - len(highs) // 10]


def _joined(groups: Groups, places: Sequence[float], scale: Scale, sign: str) -> Svg:
    """Lines between neighbours that are both known."""
    known = [(x, figure.value) for x, (_, figure) in zip(places, groups, strict=True)]
    return together(
        tag("path", class_=f"line {sign}", d=path([(x, scale(one)), (following, scale(other))]))
        for (x, one), (following, other) in pairwise(known)
        if one is not None and other is not None
    )


def _point(plot: Plot, scale: Scale, x: float, name: str, figure: Figure, sign: str, wide: float) -> Svg:
    if figure.value is None:
        strip = tag("rect", class_="unknown", x=x - wide, y=plot.top, width=2 * wide, height=plot.bottom - plot.top)
        told = tag("title", f"{name}: unknown, {figure.unknown}")
        return tag("g", told, strip, tag("text", "?", class_="unknown", x=x, y=plot.bottom - 8, text_anchor="middle"))
    said = f"{name}: {percent(figure.value)}"
    inside = [tag("circle", class_=f"dot {sign}", cx=x, cy=scale(figure.value), r=min(4.0, wide))]
    if figure.interval is not None:
        low, high = figure.interval
        said += f", 95% interval {percent(low)} to {percent(high)}"
        inside.insert(0, _whisker(scale, x, low, high, sign, min(4.0, wide)))
    return tag("g", tag("title", f"{said}; {figure.parts:,} parts"), *inside)


def _whisker(scale: Scale, x: float, low: float, high: float, sign: str, half: float) -> Svg:
    """The interval; with a head of an arrow where it goes on above the plot, and without a foot where below."""
    top, bottom = scale(high), scale(low)
    beyond = high > scale.high + 1e-9
    head = [(x - half, top + half), (x, top), (x + half, top + half)] if beyond else [(x - half, top), (x + half, top)]
    foot = [] if low < scale.low - 1e-9 else [(x - half, bottom), (x + half, bottom)]
    return tag("path", class_=f"whisker {sign}", d=path([(x, top), (x, bottom)]) + path(head) + path(foot))
