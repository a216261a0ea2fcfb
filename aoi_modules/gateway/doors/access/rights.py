"""What each route asks of whoever comes: the table that the guard keeps to, and every route stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from aoi_modules.results.people.role import Role


@dataclass(frozen=True)
class Right:
    """Who may use a route.

    Args:
        least: role of people; None lets everybody in, signed in or not.
        machines: whether machines may use it, too.
    """

    least: Role | None
    machines: bool = False

    def given_to(self, role: Role) -> bool:
        """Whether a role has it."""
        return self.least is None or (self.machines if role is Role.MACHINE else role.allows(self.least))


ANYBODY = Right(None)
LOOK = Right(Role.VIEWER)
JUDGE = Right(Role.OPERATOR)
INSPECT = Right(Role.OPERATOR, machines=True)
CHANGE = Right(Role.ENGINEER)
CHECK = Right(Role.ENGINEER, machines=True)
"""A check, and its golden pictures, which pass a lock."""
MANAGE = Right(Role.ADMIN)

RIGHTS: Mapping[str, Right] = {
    "POST /v1/inspect/{component}": INSPECT,
    "POST /v1/units/{unit}/inspect": INSPECT,
    "POST /v1/units/{unit}/close": INSPECT,
    "GET /v1/units/{unit}": LOOK,
    "GET /v1/inspections": LOOK,
    "GET /v1/inspections/{id}/picture": LOOK,
    "GET /v1/inspections/{id}": LOOK,
    "GET /v1/reviews": LOOK,
    "POST /v1/reviews/next": JUDGE,
    "POST /v1/inspections/{id}/judgements": JUDGE,
    "GET /v1/inspections/{id}/judgements": LOOK,
    "GET /v1/inspections/{id}/map": LOOK,
    "GET /v1/components/{component}/golden": LOOK,
    "POST /v1/judgements/{id}/undo": JUDGE,
    "GET /v1/quality": LOOK,
    "GET /v1/limits": LOOK,
    "POST /v1/limits": CHANGE,
    "GET /v1/limits/desk": LOOK,
    "POST /v1/limits/{number}/undo": CHANGE,
    "GET /v1/station": Right(Role.VIEWER, machines=True),
    "GET /v1/station/checks": LOOK,
    "POST /v1/station/checks": CHECK,
    "POST /v1/station/unlock": CHANGE,
    "GET /v1/components": Right(Role.VIEWER, machines=True),
    # Orchestrators and Prometheus have no key; these say how the line does, but nothing of parts or people.
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /openz": ANYBODY,
    "GET /metrics": ANYBODY,
    "GET /login": ANYBODY,
    "POST /login": ANYBODY,
    "POST /logout": ANYBODY,
    "GET /v1/audit": MANAGE,
    "GET /openapi.json": LOOK,
    "GET /docs": LOOK,
    "GET /docs/{file}": LOOK,
    "GET /": LOOK,
    "GET /live": LOOK,
    "GET /live/last": LOOK,
    "GET /review": JUDGE,
    "GET /inspections/{id}": LOOK,
    "GET /inspections/{id}/thumbnail/{side}": LOOK,
    "GET /units": LOOK,
    "GET /units/{unit}": LOOK,
    "GET /quality": LOOK,
    "GET /limits": LOOK,
    "GET /limits/what-if": LOOK,
    "GET /stations": LOOK,
    "GET /audit": MANAGE,
    "GET /static/{digest}/{file}": ANYBODY,
}
"""By method and path, as the app has them."""
