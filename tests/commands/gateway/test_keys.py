"""`aoi gateway key`: a key comes, is listed by its machine's name, and goes."""

from pathlib import Path

from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from tests.results.conftest import with_database


def key(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(aoi, ["gateway", "key", *arguments, "--database", str(path)])


def test_a_key_is_printed_alone_and_once(tmp_path: Path) -> None:
    path = tmp_path / "results.db"

    async def nothing(_: object) -> None:
        """It has its tables by then."""

    with_database(path, nothing)
    added = key(path, "add", "camera-3")
    assert added.exit_code == 0
    assert added.stdout.startswith("aoi_")
    assert added.stdout.count("\n") == 1, "standard output is the key, for a file"
    assert "nobody can read it later" in added.stderr
    listed = key(path, "list").stdout
    assert listed.startswith("camera-3\t20")
    assert added.stdout.strip() not in listed
    assert key(path, "remove", "camera-3").stdout == "camera-3 has no key any more\n"
    assert key(path, "list").stdout == ""
