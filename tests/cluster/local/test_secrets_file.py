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
    (folder / ".env").write_text("PASSWORD=mine\nTOKEN=\nAOI_TAG=dev\n")
    assert fill(folder) == ["TOKEN"]
    lines = (folder / ".env").read_text().splitlines()
    assert lines[:2] == ["PASSWORD=mine", "AOI_TAG=dev"]
    before = (folder / ".env").read_bytes()
    assert fill(folder) == []
    assert (folder / ".env").read_bytes() == before


def test_a_folder_without_an_example(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.env\.example: there is no such file"):
        fill(tmp_path)


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    (folder / ".env").mkdir()
    with pytest.raises(SettingsError, match=r"\.env: "):
        fill(folder)
