"""Who may come, as last seen: known without database, gone within a look."""

import asyncio
from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.logs import event_log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.people.last_seen import PeopleSeen
from aoi_modules.results.people.machines import add_machine, remove_machine
from aoi_modules.results.people.role import Role
from aoi_modules.results.people.users import add_user, remove_user, set_role

PASSWORD = "correct horse"


def act(folder: Path, do: Callable[[Database, PeopleSeen], Awaitable[None]], name: str = "results.db") -> str:
    """Does something with a database; gives what was logged."""
    log = StringIO()

    async def run() -> None:
        database = Database(folder / name)
        try:
            if (folder / name).parent.name != "away":
                await migrate(database)
            await do(database, PeopleSeen(database, folder / "people.json", event_log(log)))
        finally:
            await database.close()

    asyncio.run(run())
    return log.getvalue()


def test_changes_are_seen_with_the_next_look(tmp_path: Path) -> None:
    async def do(database: Database, people: PeopleSeen) -> None:
        await people.start()
        assert people.nobody
        await add_user(database, "ann", Role.OPERATOR, PASSWORD, by="root")
        await people.look()
        assert (people.nobody, people.role_of("ann"), people.role_of("bob")) == (False, Role.OPERATOR, None)
        await set_role(database, "ann", Role.VIEWER, by="root")
        key = await add_machine(database, "camera", by="root")
        await people.look()
        assert (people.role_of("ann"), people.machine_of(key)) == (Role.VIEWER, "camera")
        await remove_user(database, "ann", by="root")
        await remove_machine(database, "camera", by="root")
        await people.look()
        assert (people.nobody, people.role_of("ann"), people.machine_of(key)) == (True, None, None)

    act(tmp_path, do)


def test_without_database_the_copy_lets_machines_in_and_holds_no_password(tmp_path: Path) -> None:
    keys: list[str] = []

    async def see(database: Database, people: PeopleSeen) -> None:
        keys.append(await add_machine(database, "camera", by="root"))
        await add_user(database, "ann", Role.ADMIN, PASSWORD, by="root")
        await people.start()

    act(tmp_path, see)
    copy = (tmp_path / "people.json").read_text()
    assert "argon2" not in copy
    assert keys[0] not in copy
    for path in tmp_path.glob("results.db*"):
        path.rename(path.with_name(f"away-{path.name}"))
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "db").mkdir()

    async def use(database: Database, people: PeopleSeen) -> None:
        await people.start()
        assert people.machine_of(keys[0]) == "camera"
        assert people.role_of("ann") is Role.ADMIN
        assert people.away_since is not None

    assert "people from the copy" in act(tmp_path, use, "away/db")
    (tmp_path / "people.json").unlink()

    async def fail(database: Database, people: PeopleSeen) -> None:
        with pytest.raises(ResultsError, match=r"people\.json has no copy of users and keys"):
            await people.start()

    act(tmp_path, fail, "away/db")


@pytest.mark.parametrize("key", ["", "aoi_", "aoi_x", "Bearer", "a" * 100_000, "\x00", "\udc80"])
def test_no_other_key_opens(tmp_path: Path, key: str) -> None:
    async def do(database: Database, people: PeopleSeen) -> None:
        real = await add_machine(database, "camera", by="root")
        await people.start()
        assert people.machine_of(key) is None
        assert people.machine_of(real + " ") is None

    act(tmp_path, do)
