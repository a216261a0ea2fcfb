"""`aoi gateway user`: the whole life of a user, and passwords that are no arguments."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.results.people.passwords import fits
from aoi_modules.results.people.users import password_of
from tests.gateway.doors.access.people import PASSWORD
from tests.results.conftest import with_database


def user(path: Path, *arguments: str, said: str | None = None) -> Result:
    return CliRunner().invoke(aoi, ["gateway", "user", *arguments, "--database", str(path)], input=said)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of a gateway."""

    async def nothing(_: object) -> None:
        """It has its tables by then."""

    with_database(tmp_path / "results.db", nothing)
    return tmp_path / "results.db"


def test_a_user_comes_changes_and_goes(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "password.txt"
    file.write_text(f"{PASSWORD}\n")
    added = user(path, "add", "ann", "--role", "viewer", "--password-file", str(file))
    assert (added.exit_code, added.output) == (0, "ann may sign in as viewer\n")
    assert user(path, "list").output.startswith("ann\tviewer\t20")
    assert user(path, "role", "ann", "engineer").output == "ann is engineer\n"
    changed = user(path, "password", "ann", "--password-file", "-", said="another long one\r\n")
    assert (changed.exit_code, changed.output) == (0, "ann has another password\n")
    assert fits("another long one", with_database(path, lambda database: password_of(database, "ann")))
    assert user(path, "remove", "ann").output == "ann may sign in no more\n"
    assert user(path, "list").output == ""


@pytest.mark.parametrize(
    ("arguments", "said", "told"),
    [
        (["--role", "viewer"], PASSWORD, "no terminal to ask for a password at"),
        (["--role", "machine", "--password-file", "-"], PASSWORD, "'machine' is not one of"),
        (["--role", "viewer", "--password-file", "missing.txt"], None, "missing.txt: No such file"),
        (["--password-file", "-"], PASSWORD, "Missing option '--role'"),
        (["--role", "viewer", "--password", PASSWORD], None, "No such option"),
    ],
)
def test_wrong_usage_is_told(path: Path, arguments: list[str], said: str | None, told: str) -> None:
    run = user(path, "add", "ann", *arguments, said=said)
    assert run.exit_code == 2
    assert told in run.output


def test_a_short_password_is_a_sentence(path: Path) -> None:
    run = user(path, "add", "ann", "--role", "viewer", "--password-file", "-", said="short\n")
    assert str(run.exception).startswith("a password has 12 to 200 letters")


def test_without_a_gateway_there_is_no_database(tmp_path: Path) -> None:
    run = user(tmp_path / "none.db", "list")
    assert "there is no such database" in str(run.exception)
    assert not (tmp_path / "none.db").exists()
