"""Figures of quality by HTTP."""

from collections.abc import Mapping

from aoi_modules.errors import BadParameter
from aoi_modules.results.database.reading import typed
from aoi_modules.results.quality.counting import WAYS, By, Scope
from aoi_modules.results.quality.report import MOST_GROUPS, Quality, quality
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.recorder import Recorder

USUAL: By = "component"


async def figures(
    recorder: Recorder, parameters: Mapping[str, str], calendar: Calendar, *, most: int = MOST_GROUPS
) -> Quality:
    """Tells the quality of the line.

    Args:
        recorder: of the results.
        parameters: of the request: those of `Scope`, and `by`.
        calendar: of the plant.
        most: groups to tell.

    Raises:
        BadParameter: one of them is unknown, or makes no sense.
        DatabaseAway: the database does not answer.
    """
    by = parameters.get("by", USUAL)
    if by not in WAYS:
        raise BadParameter("by", expected=f"one of: {', '.join(WAYS)}", found=by[:40])
    scope = typed({name: text for name, text in parameters.items() if name != "by"}, Scope)
    if scope.shift is not None and scope.shift not in calendar.shifts:
        known = f"one of: {', '.join(calendar.shifts)}" if calendar.shifts else "none: the calendar has no shifts"
        raise BadParameter("shift", expected=known, found=scope.shift[:40])
    return await quality(recorder.database, scope, by, calendar, most=most)
