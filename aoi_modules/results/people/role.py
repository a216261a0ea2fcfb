"""What somebody may do."""

from enum import StrEnum


class Role(StrEnum):
    """Of people, each may do what the one before may; of machines, which may have pictures inspected and no more."""

    VIEWER = "viewer"
    """Looks."""
    OPERATOR = "operator"
    """Judges parts."""
    ENGINEER = "engineer"
    """Changes limits, and what the station does."""
    ADMIN = "admin"
    """Reads the audit log. Users are added at the command line, by whoever may write to the database."""
    MACHINE = "machine"

    def allows(self, least: "Role") -> bool:
        """Whether this is enough where `least` is asked for; people allow nothing of a machine, nor the reverse."""
        if Role.MACHINE in (self, least):
            return self is least
        return _PEOPLE.index(self) >= _PEOPLE.index(least)


_PEOPLE = (Role.VIEWER, Role.OPERATOR, Role.ENGINEER, Role.ADMIN)
PEOPLE = tuple(role.value for role in _PEOPLE)
"""The roles that a user may have, the least first."""


def kept_role(text: str) -> Role:
    """A role as the database has it; one that only a newer release knows allows no more than to look."""
    return Role(text) if text in PEOPLE else Role.VIEWER
