"""The sessions of a gateway: read from the database, and for half a second from memory, so that a page is quick."""

import time
from collections import OrderedDict

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.sessions import Session, end_session, find_session, note_seen
from aoi_modules.results.people.tokens import digest
from aoi_modules.results.record import now

FRESH_SECONDS = 0.5
"""So long a session that was ended at another gateway may still be taken for one."""
MOST_KNOWN = 1000


class Sessions:
    """Knows sessions by what browsers hold.

    Args:
        database: of the results.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[float, Session]] = OrderedDict()

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._known)

    async def find(self, token: str) -> Session | None:
        """The session of what a browser holds; None if there is none, or it has ended.

        While the database does not answer, sessions that were known a moment before go on.

        Raises:
            DatabaseAway: the database does not answer, and the session is not known.
        """
        key, moment = digest(token), time.monotonic()
        looked, known = self._known.get(key, (0.0, None))
        if known is not None and moment - looked < FRESH_SECONDS:
            return known if known.holds(now()) else None
        try:
            found = await find_session(self._database, token)
            if found is not None:
                found = await note_seen(self._database, found)
        except DatabaseAway:
            if known is None:
                raise
            return known if known.holds(now()) else None
        self._keep(key, moment, found)
        return found

    async def end(self, token: str) -> None:
        """Ends a session.

        Raises:
            DatabaseAway: the database does not answer.
        """
        self._known.pop(digest(token), None)
        await end_session(self._database, token)

    def _keep(self, key: str, moment: float, found: Session | None) -> None:
        self._known.pop(key, None)
        if found is not None:  # what nobody has is not kept: anybody could fill the memory with it
            self._known[key] = (moment, found)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
