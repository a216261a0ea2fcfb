"""Signing in: a name and a password become a session, slowly for whoever guesses."""

import asyncio

from aoi_modules.errors import NotSignedIn, TooManyTries
from aoi_modules.gateway.doors.access.attempts import Attempts
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.passwords import MOST, fits
from aoi_modules.results.people.sessions import open_session
from aoi_modules.results.people.users import password_of

TRIES_BY_NAME, TRIES_BY_ADDRESS, SECONDS = 10, 30, 60.0
"""Behind one address may be several people."""
AT_ONCE, MOST_WAITING = 2, 32
"""Passwords that are checked at a time, each with 64 MiB, and that may wait for it."""


class SignIn:
    """Lets people sign in at one gateway. Made inside the running event loop.

    Args:
        database: of the results.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = Attempts(TRIES_BY_NAME, SECONDS)
        self._addresses = Attempts(TRIES_BY_ADDRESS, SECONDS)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def __call__(self, name: str, password: str, address: str) -> str:
        """Begins a session, and gives what the browser holds for it.

        Args:
            name: of a user, as somebody typed it.
            password: as they typed it.
            address: that they came from.

        Raises:
            NotSignedIn: name and password do not belong together; whether there is such a name is not said.
            TooManyTries: too many wrong ones came for this name, or from this address.
            DatabaseAway: the database does not answer.
            MissingExtra: argon2-cffi is not installed.
        """
        self._addresses.count(address)
        self._names.count(name[:MOST])
        kept = await password_of(self._database, name) if "\x00" not in name else None
        if len(password) > MOST or not await self._fits(password, kept):
            raise NotSignedIn("name and password do not belong together", hint="an admin can give you another password")
        self._names.forget(name[:MOST])
        self._addresses.forget(address)
        return await open_session(self._database, name)

    async def _fits(self, password: str, kept: str | None) -> bool:
        if self._waiting >= MOST_WAITING:
            raise TooManyTries("too many people sign in at this moment", hint="try again")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(fits, password, kept)
        finally:
            self._waiting -= 1
