"""Who comes: the porter asks each request for its key, its certificate or its session."""

from starlette.requests import Request

from aoi_modules.errors import NotSignedIn
from aoi_modules.gateway.doors.access import cookie, csrf
from aoi_modules.gateway.doors.access.entrance import Entrance
from aoi_modules.gateway.doors.access.person import OPEN, Person
from aoi_modules.gateway.doors.access.sessions import Sessions
from aoi_modules.gateway.doors.access.sign_in import SignIn
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.last_seen import PeopleSeen
from aoi_modules.results.people.role import Role

_SCHEME = "bearer "
PEER_NAME = "peer_name"
"""In the state of a request: the name in the certificate of a machine that came by TLS."""
_HINTS = "machines send their key: Authorization: Bearer KEY; people sign in at /login"


class Porter:
    """Knows who comes.

    Args:
        entrance: how people and machines reach the gateway.
        people: users and machines; None where nothing is kept, so that there are none.
        database: of the sessions; None with `people`.
    """

    def __init__(
        self, entrance: Entrance | None = None, people: PeopleSeen | None = None, database: Database | None = None
    ) -> None:
        self.entrance = entrance or Entrance()
        self._people = people
        self.sessions = None if database is None else Sessions(database)
        self.sign_in = None if database is None else SignIn(database)

    @property
    def open(self) -> bool:
        """Whether nobody has to sign in."""
        return self.entrance.open and self.nobody

    @property
    def nobody(self) -> bool:
        """Whether there is neither user nor key."""
        return self._people is None or self._people.nobody

    async def person(self, request: Request) -> Person:
        """Tells who sends a request.

        Raises:
            NotSignedIn: nobody knows.
            NotAllowed: a page of another site sends it, or it comes past the proxy.
            DatabaseAway: the database does not answer.
        """
        self.entrance.check(request.client.host if request.client is not None else "")
        if self.open:
            return OPEN
        machine = self.machine(request.headers.get("authorization"), getattr(request.state, PEER_NAME, None))
        return machine if machine is not None else await self._signed_in(request)

    def machine(self, authorization: str | None, peer_name: str | None) -> Person | None:
        """The machine that shows a key or a certificate; None if neither is shown.

        Args:
            authorization: header or metadata of this name.
            peer_name: in the certificate that was shown and checked.

        Raises:
            NotSignedIn: no machine has the key.
        """
        if authorization is not None:
            key = authorization[len(_SCHEME) :].strip() if authorization[: len(_SCHEME)].lower() == _SCHEME else ""
            name = self._people.machine_of(key) if self._people is not None and key else None
            if name is None:
                raise NotSignedIn("Authorization: expected `Bearer KEY` with a key that is known here", hint=_HINTS)
            return Person(name, Role.MACHINE, signed_in=True, csrf="")
        return Person(peer_name, Role.MACHINE, signed_in=True, csrf="") if peer_name else None

    async def _signed_in(self, request: Request) -> Person:
        token = cookie.token_of(request, secure=self.entrance.secure)
        session = await self.sessions.find(token) if token is not None and self.sessions is not None else None
        role = self._people.role_of(session.name) if session is not None and self._people is not None else None
        if session is None or role is None:
            raise NotSignedIn("nobody is signed in", hint=self._way_in())
        if request.method not in csrf.HARMLESS:
            csrf.check_origin(request)
            csrf.check_token(request.headers.get(csrf.HEADER), session.csrf)
        return Person(session.name, role, signed_in=True, csrf=session.csrf)

    def _way_in(self) -> str:
        return _HINTS if not self.nobody else "an admin adds the first: aoi gateway user add NAME --role admin"
