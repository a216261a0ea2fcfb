"""Checks of the station by HTTP: how each component stands, checks that were run, and who unlocks one."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request

from aoi_modules.errors import BadParameter, NoSuchResult, Taken
from aoi_modules.gateway.doors.access.person import who_of
from aoi_modules.gateway.doors.station.bodies import read_json
from aoi_modules.gateway.doors.whole_numbers import whole_number
from aoi_modules.gateway.routes import Routes
from aoi_modules.results.record import now
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.station import ledger, recording
from aoi_modules.results.station.check import Check
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.results.station.recording import Ran
from aoi_modules.results.station.standing import Station, standing_of
from aoi_modules.results.station.state import Unlocking

FEW, MOST = 20, 200
"""Checks that are told, unless the request says otherwise, and at most."""
MOST_BYTES = 2 * 1024 * 1024
"""Of a check that is sent: some thousand golden parts."""
Why = Annotated[str, Meta(min_length=1, max_length=2000)]


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """Checks and unlockings, the newest first."""

    checks: Sequence[Check]
    unlockings: Sequence[Unlocking]


class Unlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who unlocks a component without a check that passes, and why."""

    component: str
    who: str | None = None
    """Left out, whoever is signed in."""
    why: Why


async def station(recorder: Recorder, routes: Routes) -> Station:
    """Tells how each component stands, with a database and without."""
    seen = _seen(recorder)
    standings = [standing_of(name, routes.checks.get(name), seen, routes.calendar) for name in routes.components]
    return Station(station=routes.station, components=standings, seen=seen.away_since)


async def history(recorder: Recorder, parameters: Mapping[str, str]) -> Checks:
    """Tells the last checks and unlockings, of one component or of all."""
    unknown = sorted(parameters.keys() - {"component", "limit"})
    if unknown:
        raise BadParameter(unknown[0][:40], expected="component or limit", found=parameters[unknown[0]][:40])
    count = whole_number("limit", parameters["limit"], MOST) if "limit" in parameters else FEW
    component = parameters.get("component")
    return Checks(
        checks=await ledger.last_checks(recorder.database, count, component),
        unlockings=await ledger.unlockings_of(recorder.database, count, component),
    )


async def record(recorder: Recorder, routes: Routes, gateway: str, request: Request) -> Check:
    """Records a check; a component whose check failed is locked from now on, if its plan wants that, else unlocked.

    Raises:
        BadParameter: the component has no plan, or the inspections make no check.
    """
    ran = await read_json(request, Ran, routes.upload_timeout_ms, most_bytes=MOST_BYTES)
    plan = _plan(routes, ran.component)
    check = await recording.record(recorder.database, ran, plan, who=who_of(request, ran.who), gateway=gateway)
    await _seen(recorder).look()
    return check


async def unlock(recorder: Recorder, routes: Routes, request: Request) -> Unlocking:
    """Unlocks a component until its next check fails or is missing.

    Raises:
        BadParameter: it has no plan.
        Taken: it is not locked.
    """
    body = await read_json(request, Unlock, routes.upload_timeout_ms)
    who, plan, seen = who_of(request, body.who), _plan(routes, body.component), _seen(recorder)
    await seen.look()
    if seen.state(body.component, plan, routes.calendar).locked is None:
        raise Taken(f"{body.component} is not locked", hint="a check passed, or somebody unlocked it")
    wanted = Unlocking(component=body.component, time=now(), who=who, why=body.why)
    unlocking = await ledger.add_unlocking(recorder.database, wanted)
    await seen.look()
    return unlocking


def _plan(routes: Routes, component: str) -> CheckPlan:
    if component not in routes.checks:
        expected = f"one with a plan in the routes' `checks` ({', '.join(sorted(routes.checks)) or 'none'})"
        raise BadParameter("component", expected=expected, found=component[:40])
    return routes.checks[component]


def _seen(recorder: Recorder) -> ChecksSeen:
    if recorder.checks is None:
        raise NoSuchResult("this gateway knows no checks")
    return recorder.checks
