"""What an orchestrator's probes are answered: the process lives, and every component's model is there."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from aoi_modules.gateway.doors.problems import NOT_READY, Problem
from aoi_modules.gateway.states import RouteState


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of any of these components gets its verdict."""

    status: Literal["ready"] = "ready"
    components: Sequence[str]


def readiness(states: Mapping[str, RouteState]) -> Ready | Problem:
    """Says which components are inspected, or whose models are away."""
    away = {name: state.detail for name, state in states.items() if not state.ready}
    if away:
        detail = "not every component's model is available"
        return Problem(status=NOT_READY.status, kind=NOT_READY.kind, detail=detail, extra={"away": away})
    return Ready(components=sorted(states))
