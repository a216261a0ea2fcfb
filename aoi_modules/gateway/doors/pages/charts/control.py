"""The p-chart: shares of failed parts between their control limits, and which of them are signals."""

from collections.abc import Iterator, Sequence
from statistics import median

from aoi_modules.gateway.doors.pages.charts import frame
from aoi_modules.gateway.doors.pages.charts.frame import Chart, Key, Plot, Size
from aoi_modules.gateway.doors.pages.charts.markup import Svg, path, tag, together
from aoi_modules.gateway.doors.pages.charts.scale import Scale, marks, parts, percent, percents, round_range
from aoi_modules.results.quality.p_chart import RUN, Point
from aoi_modules.results.quality.p_chart import Chart as Shares


def control(chart: Shares, *, by: str) -> Chart:
    """Draws a p-chart. A signal has another form than the rest, not only another colour.

    Args:
        chart: with at least one point.
        by: what its points are, as "day".
    """
    about = _about(chart, by)
    return Chart(
        about=about,
        drawings=frame.drawn(about, lambda size: _draw(chart, size)),
        keys=(
            Key("dot share", f"share of failed parts of a {by}"),
            Key("line centre", f"expected: {percent(chart.centre)}"),
            Key("line limit", "control limits"),
            Key("dot outside", "beyond a limit"),
            Key("dot run", f"{RUN} or more in a row on one side"),
        ),
        head=(by, "failed", "parts", "share", "limits", "signal"),
        rows=tuple(_row(point) for point in chart.points),
    )


def _about(chart: Shares, by: str) -> str:
    outside, runs = sum(point.outside for point in chart.points), sum(point.run for point in chart.points)
    if chart.in_control:
        return f"Share of failed parts by {by}: in control, {percent(chart.centre)} expected; no signal."
    return (
        f"Share of failed parts by {by}: not in control, {percent(chart.centre)} expected; "
        f"{outside} beyond a limit, {runs} in a long run on one side."
    )


def _row(point: Point) -> tuple[str, ...]:
    limits = f"{percent(point.lower)} to {percent(point.upper)}{' (exact)' if point.exact else ''}"
    return (
        point.label or "(none)",
        parts(point.defective),
        parts(point.total),
        percent(point.rate),
        limits,
        _said(point),
    )


def _said(point: Point) -> str:
    outside = "above the limit" if point.rate > point.upper else "below the limit"
    return ", ".join([*([outside] if point.outside else []), *(["long run"] if point.run else [])])


def _draw(chart: Shares, size: Size) -> Iterator[Svg]:
    points = chart.points
    ends = round_range(_looked_at(chart), most=size.few, from_zero=True)
    values = marks(*ends, size.few)
    plot = frame.plot_of(size, percents(values))
    scale = Scale(*ends, plot.bottom, plot.top)
    places = frame.centres(plot, len(points))
    yield frame.levels(plot, scale, values, percents(values))
    yield frame.names(plot, places, [frame.short(point.label or "(none)") for point in points])
    yield frame.base(plot)
    yield tag("path", class_="line limit", d=_limits(plot, scale, points))
    yield tag("line", class_="line centre", x1=plot.left, x2=plot.right, y1=scale(chart.centre), y2=scale(chart.centre))
    if len(points) > 1:
        line = [(x, scale(point.rate)) for x, point in zip(places, points, strict=True)]
        yield tag("path", class_="line share", d=path(line))
    small = min(4.0, max(1.5, plot.width / len(points) / 2.5))
    yield together(_point(x, scale(point.rate), point, small) for x, point in zip(places, points, strict=True))


def _looked_at(chart: Shares) -> Iterator[float]:
    """What the axis has to hold: all shares, and the limits of all but very small groups, which can be at 100%."""
    usual = median(point.upper for point in chart.points)
    yield chart.centre
    yield from (point.rate for point in chart.points)
    yield from (point.upper for point in chart.points if point.upper <= 2 * usual)


def _limits(plot: Plot, scale: Scale, points: Sequence[Point]) -> str:
    """A dash for each limit, as wide as the place of its group; a limit above the plot is not drawn."""
    width = plot.width / len(points)
    dashes = [
        path([(plot.left + width * place, scale(limit)), (plot.left + width * (place + 1), scale(limit))])
        for place, point in enumerate(points)
        for limit in (point.lower, point.upper)
        if limit <= scale.high + 1e-9
    ]
    return "".join(dashes)


def _point(x: float, y: float, point: Point, small: float) -> Svg:
    told = f"{point.label or '(none)'}: {point.defective:,} of {point.total:,} failed, {percent(point.rate)}"
    told += f"; limits {percent(point.lower)} to {percent(point.upper)}"
    title = tag("title", f"{told}; {_said(point)}" if _said(point) else told)
    if point.outside:
        size = small + 3
        corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
        return tag("g", title, tag("path", class_="dot outside", d=path(corners, closed=True)))
    return tag("g", title, tag("circle", class_=f"dot {'run' if point.run else 'share'}", cx=x, cy=y, r=small))
