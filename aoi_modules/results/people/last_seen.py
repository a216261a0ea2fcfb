"""Who may come, as a gateway saw it last: inspecting asks no database who a machine is."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import machines, users
from aoi_modules.results.last_seen import Copy, LastSeen
from aoi_modules.results.people.role import Role, kept_role
from aoi_modules.results.people.tokens import digest

_BEGIN = 16
"""Digits of a hash by which a key is looked up; all of it is compared then."""


class PeopleCopy(Copy, frozen=True, kw_only=True):
    """Who may come. No password stands in it, nor the hash of one."""

    users: Mapping[str, Role]
    """By name."""
    machines: Mapping[str, str]
    """SHA-256 of their keys, by name."""


class PeopleSeen(LastSeen[PeopleCopy]):
    """Users and machines."""

    what = "people"
    in_words = "users and keys"
    kind = PeopleCopy
    look_seconds = 0.5  # a role that was taken away is gone within a second
    _roles: Mapping[str, Role] = MappingProxyType({})
    _machines: Mapping[str, tuple[str, str]] = MappingProxyType({})

    async def read(self, database: Database, known: PeopleCopy | None, moment: datetime) -> PeopleCopy:
        """Reads them all; they are few."""
        async with database.reading() as connection:
            roles = {user.name: kept_role(user.role) for user in await connection.execute(select(users))}
            keys = {machine.name: machine.key for machine in await connection.execute(select(machines))}
        if known is not None and (roles, keys) == (known.users, known.machines):
            return known
        return PeopleCopy(time=moment, users=roles, machines=keys)

    def use(self, copy: PeopleCopy) -> None:
        """Lets these in from now on."""
        self._roles = copy.users
        self._machines = {key[:_BEGIN]: (key, name) for name, key in copy.machines.items()}

    @property
    def nobody(self) -> bool:
        """Whether there is no user and no machine."""
        return not self._roles and not self._machines

    def role_of(self, name: str) -> Role | None:
        """The role of a user; None if there is no such user."""
        return self._roles.get(name)

    def machine_of(self, key: str) -> str | None:
        """The name of the machine that has a key; None if none has it."""
        found = digest(key)
        kept, name = self._machines.get(found[:_BEGIN], ("", ""))
        return name if hmac.compare_digest(found, kept) else None
