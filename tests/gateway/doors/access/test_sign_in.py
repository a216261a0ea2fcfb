"""Signing in: right or wrong, and slowly for whoever guesses."""

import asyncio
from pathlib import Path

import pytest

from aoi_modules.errors import NotSignedIn, TooManyTries
from aoi_modules.gateway.doors.access import sign_in
from aoi_modules.gateway.doors.access.sign_in import TRIES_BY_ADDRESS, TRIES_BY_NAME, SignIn
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.passwords import MOST
from aoi_modules.results.people.sessions import find_session
from tests.gateway.doors.access.people import PASSWORD, fill


def quickly(password: str, kept: str | None) -> bool:
    """In place of argon2 where many passwords are tried."""
    return password == PASSWORD and kept is not None


async def tried(signing: SignIn, name: str, password: str, address: str) -> str:
    try:
        return await signing(name, password, address)
    except (NotSignedIn, TooManyTries) as error:
        return type(error).__name__


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "results.db"
    fill(path)
    return path


def test_name_and_password_become_a_session(path: Path) -> None:
    async def run() -> None:
        database = Database(path)
        token = await SignIn(database)("viewer", PASSWORD, "1.2.3.4")
        session = await find_session(database, token)
        assert session is not None
        assert session.name == "viewer"
        await database.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("viewer", ""), ("viewer", PASSWORD + " "), ("viewer", PASSWORD.upper()), ("viewer", "a" * (MOST + 1)),
        ("nobody", PASSWORD), ("", ""), ("\x00", PASSWORD), ("viewer\x00", PASSWORD), ("' OR '1'='1", PASSWORD),
    ],
)  # fmt: skip
def test_nothing_else_does(path: Path, name: str, password: str) -> None:
    async def run() -> None:
        database = Database(path)
        with pytest.raises(NotSignedIn, match="name and password do not belong together"):
            await SignIn(database)(name, password, "1.2.3.4")
        await database.close()

    asyncio.run(run())


def test_whoever_guesses_has_to_wait_by_name_and_by_address(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "fits", quickly)

    async def run() -> None:
        database = Database(path)
        signing = SignIn(database)
        by_name = [await tried(signing, "admin", "wrong", f"1.2.3.{number}") for number in range(TRIES_BY_NAME + 1)]
        assert by_name == ["NotSignedIn"] * TRIES_BY_NAME + ["TooManyTries"]
        assert await tried(signing, "admin", PASSWORD, "1.2.3.4") == "TooManyTries", "the right one has to wait, too"
        by_address = [await tried(signing, f"name {n}", "wrong", "6.6.6.6") for n in range(TRIES_BY_ADDRESS + 1)]
        assert by_address == ["NotSignedIn"] * TRIES_BY_ADDRESS + ["TooManyTries"]
        assert len(await tried(signing, "viewer", PASSWORD, "1.2.3.4")) > 40
        await database.close()

    asyncio.run(run())


def test_of_many_that_come_at_once_none_gets_a_try_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "fits", quickly)

    async def run() -> None:
        database = Database(path)
        signing = SignIn(database)
        found = await asyncio.gather(*(tried(signing, "admin", "wrong", f"1.2.{n}.4") for n in range(50)))
        assert found.count("NotSignedIn") == TRIES_BY_NAME
        await database.close()

    asyncio.run(run())
