"""Passwords: the rule for them, their hashes by argon2, and how one is checked."""

from functools import cache
from typing import TYPE_CHECKING

from aoi_modules.errors import BadPassword, MissingExtra

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FEWEST, MOST = 12, 200
RULE = f"a password has {FEWEST} to {MOST} letters, whichever they are"


def check_rule(password: str) -> str:
    """Checks a new password.

    Raises:
        BadPassword: it is too short or too long.
    """
    if not FEWEST <= len(password) <= MOST:
        raise BadPassword(f"{RULE}; this one has {len(password)}")
    return password


def hashed(password: str) -> str:
    """The hash that is kept: argon2id with a salt, in its own text form. Takes tens of milliseconds and 64 MiB.

    Raises:
        MissingExtra: argon2-cffi is not installed.
    """
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept. Where nobody has that name it takes as long, and says no.

    Args:
        password: as somebody typed it.
        kept: the hash of a user; None for a name that no user has.

    Raises:
        MissingExtra: argon2-cffi is not installed.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(_nobodys() if kept is None else kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher() -> "PasswordHasher":
    try:
        from argon2 import PasswordHasher
    except ModuleNotFoundError:
        raise MissingExtra("a password", package="argon2-cffi", extra="station") from None
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash that takes as long as every other one."""
    return hashed("a password that nobody has")
