"""Who sends a request, and what that lets them do."""

from dataclasses import dataclass

from starlette.requests import Request

from aoi_modules.errors import NotAllowed
from aoi_modules.results.people.role import Role
from aoi_modules.results.review.judgement import check_who

__all__ = ["OPEN", "STRANGER", "Person", "Role", "person_of", "who_of"]


@dataclass(frozen=True)
class Person:
    """Who sends a request.

    Args:
        name: of the user, or of the machine's key; "" where nobody has to sign in.
        role: what they may do.
        signed_in: whether their name is known; else people say it themselves.
        csrf: token that a page of theirs sends with each change, as the header `X-AOI-CSRF`; "" where none is needed.
    """

    name: str
    role: Role
    signed_in: bool
    csrf: str


OPEN = Person("", Role.ADMIN, signed_in=False, csrf="")
"""Everybody, where nobody has to sign in: on this machine alone, and without users and keys."""

STRANGER = Person("", Role.VIEWER, signed_in=False, csrf="")
"""Whoever asks for what anybody may have; nobody looks who they are."""


def person_of(request: Request) -> Person:
    """Who sends a request, as the guard found it."""
    person: Person = request.state.person
    return person


def who_of(request: Request, said: str | None) -> str:
    """The name under which a change is kept: of whoever is signed in, or else the one that they say.

    Args:
        request: of HTTP.
        said: `who` of its body; None where it was left out.

    Raises:
        NotAllowed: somebody else is signed in.
        BadParameter: nobody is, and this is no name.
    """
    person = person_of(request)
    if not person.signed_in:
        return check_who(said or "")
    if said is not None and said != person.name:
        raise NotAllowed(
            f"who: expected {person.name!r}, who is signed in. Received: {said[:40]!r}", hint="leave `who` out"
        )
    return person.name
