"""Secrets by chance, in a file for its owner alone."""

import stat
from pathlib import Path

import pytest

from aoi_modules.cluster.local.secrets_file import fill
from aoi_modules.errors import SettingsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env.example").write_text("# why\nPASSWORD=\nTOKEN=\n")
    return tmp_path


def test_each_name_gets_a_secret_of_its_own(folder: Path) -> None:
    assert fill(folder) == ["PASSWORD", "TOKEN"]
    values = dict(line.split("=") for line in (folder / ".env").read_text().splitlines())
    assert set(values) == {"PASSWORD", "TOKEN"}
    assert len(set(values.values())) == 2
    assert all(len(value) == 48 and value.isalnum() for value in values.values())
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600


def test_what_is_there_stays_and_what_is_new_comes(folder: Path) -> None:
    (folder / ".env").write_text("# the line in hall 3\n\nPASSWORD=mine # until May\nAOI_TAG=dev\nexport HALL=3")
    assert fill(folder) == ["TOKEN"]
    text = (folder / ".env").read_text()
    kept, _, token = text.rpartition("TOKEN=")
    assert kept == "# the line in hall 3\n\nPASSWORD=mine # until May\nAOI_TAG=dev\nexport HALL=3\n"
    assert len(token) == 49
    assert fill(folder) == []
    assert (folder / ".env").read_text() == text


@pytest.mark.parametrize("nothing", ["", " ", '""', "''", " # opens Jupyter"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_name_without_a_value_gets_it_at_its_place(folder: Path, nothing: str, end: str) -> None:
    (folder / ".env").write_bytes(f"TOKEN={nothing}{end}PASSWORD=mine{end}".encode())
    assert fill(folder) == ["TOKEN"]
    first, *others = (folder / ".env").read_bytes().decode().split(end)
    assert others == ["PASSWORD=mine", ""]
    assert first.removeprefix("TOKEN=")[:48].isalnum()
    assert first[54:] == nothing.strip(" '\"").rjust(len(nothing) if "#" in nothing else 0)


def test_a_file_that_is_no_text(folder: Path) -> None:
    (folder / ".env").write_bytes(b"NAME=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env: expected text in UTF-8"):
        fill(folder)
    assert (folder / ".env").read_bytes() == b"NAME=\xff\n"


def test_a_folder_without_an_example(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.env\.example: there is no such file"):
        fill(tmp_path)


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    (folder / ".env").mkdir()
    with pytest.raises(SettingsError, match=r"\.env: "):
        fill(folder)
