"""`aoi data check`, as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError
from tests.datasets.checking.parts import folder


def check(*words: str | Path) -> Result:
    return CliRunner().invoke(aoi, ["data", "check", *map(str, words)])


def test_people_machines_and_a_page(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    told = check(root, "--page", tmp_path / "page.html")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[0] == str(root)
    assert told.stdout.splitlines()[-1] == "training takes it"
    assert "what is in the pictures" in (tmp_path / "page.html").read_text()
    found = json.loads(check(root, "--json").stdout)
    assert sum(found["counts"]["good"].values()) == 12


def test_what_training_would_refuse_ends_with_one(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    (root / "good" / "broken.png").write_bytes(b"no picture")
    told = check(root)
    assert told.exit_code == 1
    assert "training refuses it: 1 of 25 entries cannot be used" in told.stdout
    assert "--skip-bad leaves them out" in told.stdout
    assert check(root, "--skip-bad").exit_code == 0
    assert check(tmp_path / "nothing").exit_code == 1


def test_a_question_that_training_would_ask_is_a_refusal(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    (root / "good").rename(root / "maybe_ok")
    (root / "scratch").rename(root / "ng")
    told = check(root)
    assert told.exit_code == 1
    assert "--good" in told.stdout
    assert check(root, "--good", "maybe_ok").exit_code == 0


def test_a_page_without_a_place_is_an_error(tmp_path: Path) -> None:
    told = check(folder(tmp_path / "parts"), "--page", tmp_path)
    assert isinstance(told.exception, AoiError)
    assert "--page" in told.exception.hint


@pytest.mark.parametrize("words", [(), ("a", "b")])
def test_one_path_is_expected(words: tuple[str, ...]) -> None:
    assert check(*words).exit_code == 2
