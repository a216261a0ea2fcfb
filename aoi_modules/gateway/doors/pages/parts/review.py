"""The review page: a person judges one part after the other."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.gateway.doors.shared import line_of
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.states import RouteState
from aoi_modules.judging.limits import HeadLimits, good_labels
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review import queue
from aoi_modules.results.review.defect_names import defect_names


async def get_review(request: Request) -> Response:
    """GET /review: the part that a person judges now; its script asks for it."""
    component = request.query_params.get("component", "")

    async def gather(recorder: Recorder) -> Values:
        names = await names_by_component(recorder, line_of(request))
        waiting = await queue.waiting(recorder.database)
        return {
            "component": component,
            "components": sorted(names.keys() | {one.component for one in waiting}),
            "names": names,
            "waiting": sum(one.parts for one in waiting if component in ("", one.component)),
            "lease_seconds": queue.LEASE.total_seconds(),
        }

    return await shown(request, "review.html.j2", gather)


async def names_by_component(recorder: Recorder, line: Line) -> dict[str, list[str]]:
    """The names of defects that are offered for each component.

    Raises:
        DatabaseAway: the database does not answer.
    """
    states, used = await line.states(), await defect_names(recorder.database)
    return {name: offered(labels_of(states.get(name)), used.get(name, ())) for name in states.keys() | used.keys()}


def labels_of(state: RouteState | None) -> list[str]:
    """The defects that the heads of a model in service tell apart."""
    if state is None or state.manifest is None:
        return []
    found: list[str] = []
    for head in state.manifest.heads:
        if head.kind == "defect":
            found += head.labels[-1:]
        elif head.kind == "class" and (good := good_labels(head, state.limits.get(head.name, HeadLimits()))):
            found += [label for label in head.labels if label not in good]
    return found


def offered(labels: Sequence[str], used: Sequence[str]) -> list[str]:
    """Names of defects in an order that stays the same while a person judges: the model's, then those people used."""
    return list(dict.fromkeys([*labels, *used]))
