"""The page of quality: how often defects escape, whether the line is in control, and what is wrong with its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.pages.charts.control import control
from aoi_modules.gateway.doors.pages.charts.defects import defects
from aoi_modules.gateway.doors.pages.charts.frame import Chart
from aoi_modules.gateway.doors.pages.charts.trend import trend
from aoi_modules.gateway.doors.pages.engineers.told import Told, all_three
from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.gateway.doors.shared import gateway_of
from aoi_modules.gateway.doors.station.quality import figures
from aoi_modules.results.quality.counting import WAYS, By
from aoi_modules.results.quality.report import Figures, Quality
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.versions import versions
from aoi_modules.results.record import now
from aoi_modules.results.recorder import Recorder

PERIOD = timedelta(days=30)
"""What the page shows until somebody asks for another time."""
MOST = 60
"""Groups that charts and table show, the newest."""
_FIELDS = ("component", "version", "lot", "station", "shift", "from", "to", "by")
_NARROWED_BY: Mapping[By, str] = {
    "component": "component", "lot": "lot", "station": "station", "version": "version", "shift": "shift",
}  # fmt: skip


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is asked for, as its form has it."""

    component: str = ""
    version: str = ""
    """Name and version of a model, `tile 3`."""
    lot: str = ""
    station: str = ""
    shift: str = ""
    first: str = ""
    """The first day; empty for as long as there are results."""
    last: str = ""
    by: By = "day"

    def query(self, **changes: str) -> str:
        """The wish, or a changed one, as a query of an address."""
        named = {"from" if name == "first" else "to" if name == "last" else name: value for name, value in _items(self)}
        return urlencode({**named, **changes})


@dataclass(frozen=True)
class Line:
    """A row of the table.

    Args:
        name: of the group.
        address: the page for this group alone; empty where it is that already.
        parts: in it.
        verdicts: how many got PASS, REVIEW and FAIL.
        rates: its three figures.
    """

    name: str
    address: str
    parts: int
    verdicts: Sequence[int]
    rates: Sequence[Told]


async def get_quality(request: Request) -> Response:
    """GET /quality: figures of quality, told apart by days, lots, shifts, versions, stations or components."""
    routes = gateway_of(request).routes

    async def gather(recorder: Recorder) -> Values:
        wish = wish_of(request.query_params, routes.calendar.day_of(now()))
        asked = parameters_of(wish, routes.calendar)
        found = await figures(recorder, asked, routes.calendar, most=MOST)
        about = {name: text for name, text in asked.items() if name in ("component", "since", "until")}
        return {
            "wish": wish,
            "ways": WAYS,
            "components": sorted({*routes.components, wish.component} - {""}),
            "versions": await versions(recorder.database, about),
            "shifts": list(routes.calendar.shifts),
            **shown_of(found, wish),
        }

    return await shown(request, "quality.html.j2", gather)


def wish_of(parameters: Mapping[str, str], today: date) -> Wish:
    """Reads what the form says; before anybody said anything, the last 30 days.

    Raises:
        BadParameter: a parameter is unknown, or makes no sense.
    """
    unknown = sorted(set(parameters) - set(_FIELDS))
    if unknown:
        raise BadParameter(unknown[0][:40], expected=f"one of: {', '.join(_FIELDS)}", found=parameters[unknown[0]][:40])
    if parameters.get("by", "day") not in WAYS:
        raise BadParameter("by", expected=f"one of: {', '.join(WAYS)}", found=parameters["by"][:40])
    said = {name: text.strip() for name, text in parameters.items()}
    first = said.pop("from", (today - PERIOD + timedelta(days=1)).isoformat())
    return msgspec.convert({**said, "first": first, "last": said.pop("to", "")}, Wish)


def parameters_of(wish: Wish, calendar: Calendar) -> dict[str, str]:
    """The same question as `GET /v1/quality` takes it.

    Raises:
        BadParameter: a day or a version makes no sense.
    """
    asked = {name: getattr(wish, name) for name in ("component", "lot", "station", "shift") if getattr(wish, name)}
    asked["by"] = wish.by
    if wish.version:
        model, _, number = wish.version.rpartition(" ")
        if not model or not (number.isascii() and number.isdigit()):
            raise BadParameter("version", expected="a model and its version, as `tile 3`", found=wish.version[:40])
        asked |= {"model": model, "version": number}
    if wish.first:
        asked["since"] = calendar.begin_of(_day("from", wish.first)).isoformat()
    if wish.last:
        asked["until"] = calendar.begin_of(_day("to", wish.last) + timedelta(days=1)).isoformat()
    return asked


def shown_of(found: Quality, wish: Wish) -> Values:
    """What the template shows of figures."""
    oldest_first = list(found.groups)[::-1]
    return {
        "rates": all_three(found.total),
        "verdicts": {verdict.value: parts for verdict, parts in found.total.verdicts.items()},
        "parts": sum(found.total.verdicts.values()),
        "trends": _trends(oldest_first, wish.by) if oldest_first else [],
        "defects": defects(found.defects) if found.defects else None,
        "chart": control(found.chart, by=wish.by) if found.chart is not None and found.chart.points else None,
        "spread": None if found.chart is None else found.chart.spread,
        "lines": [_line(group, wish) for group in found.groups],
        "left_out": found.left_out,
    }


def _trends(groups: Sequence[Figures], by: By) -> list[Chart]:
    return [
        trend([(one.name, one.escape) for one in groups], what="escape rate", by=by, sign="escape"),
        trend([(one.name, one.overkill) for one in groups], what="overkill rate", by=by, sign="overkill"),
        trend(
            [(one.name, one.first_pass) for one in groups], what="first pass yield", by=by, sign="first-pass",
            from_zero=False,
        ),
    ]  # fmt: skip


def _line(group: Figures, wish: Wish) -> Line:
    if wish.by == "day":
        address = wish.query(**{"from": group.name, "to": group.name, "by": "shift"})
    elif wish.by == "version" and not group.name[-1:].isdigit():
        address = ""
    elif group.name and getattr(wish, _NARROWED_BY[wish.by]) != group.name:
        address = wish.query(**{_NARROWED_BY[wish.by]: group.name, "by": "day"})
    else:
        address = ""
    counts = list(group.verdicts.values())
    return Line(group.name, address and f"/quality?{address}", sum(counts), counts, all_three(group))


def _day(name: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadParameter(name, expected="a day, as 2026-11-30", found=said[:40]) from None


def _items(wish: Wish) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in msgspec.structs.asdict(wish).items()]
