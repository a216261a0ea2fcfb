"""A golden picture at the HTTP door: what marks it as one of a check of the station, and who may send one."""

from starlette.requests import Request

from aoi_modules.errors import BadParameter, NotAllowed
from aoi_modules.gateway.doors.access.person import person_of
from aoi_modules.gateway.doors.access.rights import CHECK
from aoi_modules.gateway.doors.uploads import KEY_HEADER, said_of

PURPOSE, CHECKING = "purpose", "check"
"""The parameter, or header, by which a request says what its picture is for, and the one word that it may say."""


def is_golden(request: Request) -> bool:
    """Tells whether a picture is a golden one.

    Raises:
        BadParameter: it has another purpose; or it is golden, and yet names a unit or a key as a part does.
        NotAllowed: whoever sends it may run no check.
    """
    purpose = said_of(request, PURPOSE)
    if purpose is None:
        return False
    if purpose != CHECKING:
        raise BadParameter(PURPOSE, expected=f"{CHECKING}, or no such parameter", found=purpose[:40])
    for name, text in (("unit", said_of(request, "unit")), (KEY_HEADER, request.headers.get(KEY_HEADER))):
        if text is not None:
            raise BadParameter(name, expected="none for a golden picture, which is no part", found=text[:40])
    person = person_of(request)
    if not CHECK.given_to(person.role):
        raise NotAllowed(
            f"{PURPOSE}: expected a machine, or at least the role {CHECK.least}. Received: {person.role}",
            hint="a golden picture passes a lock, so not everybody may send one",
        )
    return True


def refuse_golden(request: Request) -> None:
    """Refuses a unit that says it is golden: golden pictures are sent alone.

    Raises:
        BadParameter: it does.
    """
    if (purpose := said_of(request, PURPOSE)) is not None:
        raise BadParameter(PURPOSE, expected="none for a unit; golden pictures are sent alone", found=purpose[:40])
