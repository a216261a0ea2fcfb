"""The curve of a threshold desk: what thresholds let escape and what they overkill, and how far that is known."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from aoi_modules.gateway.doors.pages.charts import frame
from aoi_modules.gateway.doors.pages.charts.frame import LETTER, Chart, Key, Plot, Size
from aoi_modules.gateway.doors.pages.charts.markup import Svg, path, tag
from aoi_modules.gateway.doors.pages.charts.scale import Scale, decimals, marks, percent, percents, round_range
from aoi_modules.results.quality.desk import Effect
from aoi_modules.results.quality.figures import Figure
from aoi_modules.verdict import Limits

Rated = Callable[[Effect], Figure]
_RATES: tuple[tuple[str, Rated], ...] = (
    ("escape", lambda effect: effect.escape),
    ("overkill", lambda effect: effect.overkill),
)


def thresholds(curve: Sequence[Effect], *, in_force: Limits | None = None, tried: Limits | None = None) -> Chart:
    """Draws the curve.

    Args:
        curve: effects by rising threshold, from the lowest to the highest judged score; at least one.
        in_force: limits by which parts are judged now.
        tried: limits that are thought of.
    """
    about = _about(curve, in_force, tried)
    marked = [
        *([Key("line force", "threshold in force")] if in_force else []),
        *([Key("line tried", "threshold that is tried")] if tried else []),
    ]
    return Chart(
        about=about,
        drawings=frame.drawn(about, lambda size: _draw(curve, in_force, tried, size)),
        keys=(
            Key("line escape", "escape rate: defective parts that pass"),
            Key("line overkill", "overkill rate: good parts that fail"),
            Key("area", "95% interval"),
            Key("beyond", "nothing is known: no such score was judged"),
            *marked,
        ),
        head=("threshold", "escape rate", "95% interval", "overkill rate", "95% interval"),
        rows=tuple(_row(effect) for effect in curve),
    )


def ends_of(curve: Sequence[Effect], *limits: Limits | None) -> tuple[float, float]:
    """The scores from which to which a curve and some limits reach, rounded."""
    scores = [effect.threshold for effect in curve]
    scores += [limit.threshold for limit in limits if limit is not None]
    spare = 0.04 * (max(scores) - min(scores))
    return round_range([max(0.0, min(scores) - spare), min(1.0, max(scores) + spare)], most=10, from_zero=False)


def _about(curve: Sequence[Effect], in_force: Limits | None, tried: Limits | None) -> str:
    known = f"Escape and overkill rate for thresholds from {curve[0].threshold:.3g} to {curve[-1].threshold:.3g}"
    told = [f"in force is {in_force.threshold:.3g}"] if in_force else []
    told += [f"tried is {tried.threshold:.3g}"] if tried else []
    told += [f"{_unknown(curve)} unknown"] if _unknown(curve) else []
    return f"{known}, beyond which nothing is known{'; ' if told else ''}{', '.join(told)}."


def _unknown(curve: Sequence[Effect]) -> str:
    """The rates of which no threshold's value is known."""
    return " and ".join(sign for sign, rate in _RATES if all(rate(effect).value is None for effect in curve))


def _row(effect: Effect) -> tuple[str, ...]:
    said = [f"{effect.threshold:.4g}"]
    for _, rate in _RATES:
        figure = rate(effect)
        said.append("unknown" if figure.value is None else percent(figure.value))
        said.append("" if figure.interval is None else " to ".join(map(percent, figure.interval)))
    return tuple(said)


def _draw(curve: Sequence[Effect], in_force: Limits | None, tried: Limits | None, size: Size) -> Iterator[Svg]:
    ends = round_range(_looked_at(curve), most=size.few, from_zero=True)
    values = marks(*ends, size.few)
    area = frame.plot_of(size, percents(values))
    plot = Plot(area.left, area.right, area.top + 16, area.bottom)  # with room for the names of thresholds
    down, across = Scale(*ends, plot.bottom, plot.top), Scale(*ends_of(curve, in_force, tried), plot.left, plot.right)
    scores = marks(across.low, across.high, 10 if size.width > 600 else 5)
    yield from _beyond(plot, across(curve[0].threshold), across(curve[-1].threshold))
    yield frame.levels(plot, down, values, percents(values))
    yield frame.values_below(plot, across, scores, decimals(scores), "threshold")
    yield frame.base(plot)
    for limits, sign in ((in_force, "force"), (tried, "tried")):
        if limits is not None and limits.review_band is not None:
            start, end = map(across, limits.review_band)
            yield tag("rect", class_=f"band {sign}", x=start, y=plot.bottom - 7, width=end - start, height=7)
    for sign, rate in _RATES:
        yield from _rate(curve, sign, rate, across, down)
    if unknown := _unknown(curve):
        middle = (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2
        yield tag("text", f"{unknown}: unknown", class_="unknown", x=middle[0], y=middle[1], text_anchor="middle")
    yield from _thresholds(plot, across, in_force, tried)


def _looked_at(curve: Sequence[Effect]) -> Iterator[float]:
    """What the axis has to hold: all rates, and of intervals what is not far above them."""
    figures = [rate(effect) for effect in curve for _, rate in _RATES]
    most = max((figure.value for figure in figures if figure.value is not None), default=0.0)
    yield from (figure.value for figure in figures if figure.value is not None)
    yield from (min(figure.interval[1], max(1.5 * most, 0.02)) for figure in figures if figure.interval is not None)


def _beyond(plot: Plot, low: float, high: float) -> Iterator[Svg]:
    """The scores about which nobody judged anything."""
    for start, end in ((plot.left, low), (high, plot.right)):
        if end - start > 0.5:
            yield tag("rect", class_="beyond", x=start, y=plot.top, width=end - start, height=plot.bottom - plot.top)
            if end - start > LETTER * 10:
                yield tag(
                    "text", "not known", class_="caption", x=(start + end) / 2, y=plot.top + 16, text_anchor="middle"
                )


def _rate(curve: Sequence[Effect], sign: str, rate: Rated, across: Scale, down: Scale) -> Iterator[Svg]:
    """The line of a rate and the area of its intervals; both break where it is unknown."""
    rated = [(across(effect.threshold), rate(effect)) for effect in curve]
    for known, stretch in groupby(rated, key=lambda one: one[1].value is not None):
        if not known:
            continue
        points = [(x, figure.value or 0.0, figure.interval or (0.0, 1.0)) for x, figure in stretch]
        edge = [(x, down(high)) for x, _, (_, high) in points] + [(x, down(low)) for x, _, (low, _) in points[::-1]]
        yield tag("path", class_=f"area {sign}", d=path(edge, closed=True))
        if len(points) == 1:
            yield tag("circle", class_=f"dot {sign}", cx=points[0][0], cy=down(points[0][1]), r=3.5)
        yield tag("path", class_=f"line {sign}", d=path((x, down(value)) for x, value, _ in points))


def _thresholds(plot: Plot, across: Scale, in_force: Limits | None, tried: Limits | None) -> Iterator[Svg]:
    """A line for each, with its number above; two that would cover each other stand to the left and the right."""
    both = [(limits, sign, word) for limits, sign, word in (
        (in_force, "force", "in force"), (tried, "tried", "tried")
    ) if limits is not None]  # fmt: skip
    places = [across(limits.threshold) for limits, _, _ in both]
    for (limits, sign, word), x in zip(both, places, strict=True):
        label = f"{word} {limits.threshold:.4g}"
        yield tag("line", class_=f"line {sign}", x1=x, x2=x, y1=plot.top - 6, y2=plot.bottom)
        anchor = "start" if x == max(places) and len(both) > 1 else "end"
        anchor = _fitting(plot, x, LETTER * len(label), anchor)
        yield tag("text", label, class_=f"label {sign}", x=x, y=plot.top - 10, text_anchor=anchor)


def _fitting(plot: Plot, x: float, wide: float, anchor: str) -> str:
    """The side of a line on which its label stays within the drawing."""
    if anchor == "end" and x - wide < 0:
        return "start"
    return "end" if anchor == "start" and x + wide > plot.right + 8 else anchor
