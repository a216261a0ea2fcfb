"""Sessions in the database, so that whoever is signed in at one gateway is at every other one of the same database."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, insert, or_, select, update

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import sessions
from aoi_modules.results.people.audit import note
from aoi_modules.results.people.tokens import digest, new_token
from aoi_modules.results.record import now

IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)
"""A session ends so long after its person last did something, and so long after it began."""
SEEN_AGE = timedelta(minutes=1)
"""How often the database learns that somebody did something."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, since when."""

    token: str
    """SHA-256 of what their browser holds."""
    name: str
    started: datetime
    seen: datetime
    """When they last did something, by the minute."""

    def holds(self, moment: datetime) -> bool:
        """Whether it has not ended by itself."""
        return moment < min(self.seen + IDLE, self.started + LONGEST)

    @property
    def csrf(self) -> str:
        """What their pages send with each change; nobody can make one from the other."""
        return digest(f"csrf {self.token}")


async def open_session(database: Database, name: str) -> str:
    """Begins a session, and gives what the browser holds for it. Those that have ended by themselves go.

    Raises:
        DatabaseAway: the database does not answer.
    """
    token, moment = new_token(), now()
    ended = or_(sessions.c.seen < moment - IDLE, sessions.c.started < moment - LONGEST)
    async with database.transaction() as connection:
        await connection.execute(delete(sessions).where(ended))
        await connection.execute(insert(sessions).values(token=digest(token), name=name, started=moment, seen=moment))
        await note(connection, name, "sign in", name)
    return token


async def find_session(database: Database, token: str) -> Session | None:
    """The session of what a browser holds; None if there is none, or it has ended.

    Raises:
        DatabaseAway: the database does not answer.
    """
    moment = now()
    async with database.reading() as connection:
        row = (await connection.execute(select(sessions).where(sessions.c.token == digest(token)))).mappings().first()
    found = None if row is None else Session(**row)
    return found if found is not None and found.holds(moment) else None


async def note_seen(database: Database, session: Session) -> Session:
    """Notes that the person did something, if that is worth a row by now.

    Raises:
        DatabaseAway: the database does not answer.
    """
    moment = now()
    if moment - session.seen < SEEN_AGE:
        return session
    async with database.transaction() as connection:
        await connection.execute(update(sessions).where(sessions.c.token == session.token).values(seen=moment))
    return msgspec.structs.replace(session, seen=moment)


async def end_session(database: Database, token: str) -> None:
    """Ends a session, if there is one.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        await connection.execute(delete(sessions).where(sessions.c.token == digest(token)))
