"""Users in the database, and what is noted of each change."""

import pytest

from aoi_modules.errors import BadName, BadPassword, NoSuchResult, Taken
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.audit import Wish, entries
from aoi_modules.results.people.passwords import fits
from aoi_modules.results.people.role import Role
from aoi_modules.results.people.sessions import find_session, open_session
from aoi_modules.results.people.users import add_user, list_users, password_of, remove_user, set_password, set_role
from tests.results.conftest import with_database

PASSWORD, OTHER = "correct horse", "battery staple"


def test_a_user_is_added_changed_and_removed_and_the_log_tells_it(database_url: str) -> None:
    async def act(database: Database) -> None:
        user = await add_user(database, "ann", Role.OPERATOR, PASSWORD, by="root")
        assert await list_users(database) == [user]
        await set_role(database, "ann", Role.ENGINEER, by="root")
        assert [one.role for one in await list_users(database)] == [Role.ENGINEER]
        await set_password(database, "ann", OTHER, by="bob")
        kept = await password_of(database, "ann")
        assert (fits(OTHER, kept), fits(PASSWORD, kept)) == (True, False)
        await remove_user(database, "ann", by="root")
        assert (await list_users(database), await password_of(database, "ann")) == ([], None)
        noted = [(one.who, one.action, one.about, one.why) for one in await entries(database, Wish())]
        assert noted == [
            ("root", "remove user", "ann", ""),
            ("bob", "change password", "ann", ""),
            ("root", "change role", "ann", "role engineer"),
            ("root", "add user", "ann", "role operator"),
        ]

    with_database(database_url, act)


@pytest.mark.parametrize("twin", ["ann", "Ann", "ANN"])
def test_no_two_users_have_one_name(database_url: str, twin: str) -> None:
    async def act(database: Database) -> None:
        await add_user(database, "ann", Role.OPERATOR, PASSWORD, by="root")
        with pytest.raises(Taken, match="a user 'ann' already"):
            await add_user(database, twin, Role.ADMIN, PASSWORD, by="root")
        assert len(await list_users(database)) == 1

    with_database(database_url, act)


def test_neither_a_bad_name_nor_a_bad_password_is_kept(database_url: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(BadName):
            await add_user(database, "a\nb", Role.OPERATOR, PASSWORD, by="root")
        with pytest.raises(BadPassword):
            await add_user(database, "ann", Role.OPERATOR, "short", by="root")
        assert await list_users(database) == []

    with_database(database_url, act)


def test_a_new_password_and_a_removal_end_all_sessions_of_the_user_alone(database_url: str) -> None:
    async def act(database: Database) -> None:
        for name in ("ann", "bob"):
            await add_user(database, name, Role.OPERATOR, PASSWORD, by="root")
        first, other = await open_session(database, "ann"), await open_session(database, "bob")
        await set_password(database, "ann", OTHER, by="root")
        assert await find_session(database, first) is None
        second = await open_session(database, "ann")
        await remove_user(database, "ann", by="root")
        assert await find_session(database, second) is None
        assert await find_session(database, other) is not None

    with_database(database_url, act)


def test_whom_nobody_knows_cannot_be_changed(database_url: str) -> None:
    async def act(database: Database) -> None:
        for change in (
            set_role(database, "ann", Role.ADMIN, by="root"),
            set_password(database, "ann", PASSWORD, by="root"),
            remove_user(database, "ann", by="root"),
        ):
            with pytest.raises(NoSuchResult, match="no user 'ann'"):
                await change
        assert await entries(database, Wish()) == []

    with_database(database_url, act)
