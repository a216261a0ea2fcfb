"""Where results are: a flag wins over the environment, and that over the folder."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.settings import settings
from tests import in_process


@pytest.fixture(autouse=True)
def other_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.delenv("AOI_DATABASE_URL", raising=False)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


@click.command()
@place_options
def show(places: Places) -> None:
    click.echo(f"{places.url} {places.store}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "results/results.sqlite results/pictures"),
        (["--results", "/a"], "/a/results.sqlite /a/pictures"),
        (["--database", "other.db", "--pictures", "s3://bucket"], "other.db s3://bucket"),
    ],
)
def test_places_are_in_the_folder_unless_others_are_named(words: list[str], said: str) -> None:
    assert CliRunner().invoke(show, words).output == f"{said}\n"


def test_the_environment_may_hide_the_database(other_settings: pytest.MonkeyPatch) -> None:
    other_settings.setenv("AOI_DATABASE_URL", "postgresql://aoi:geheim@db/results")
    assert Places(Path("results"), None, None).url == "postgresql://aoi:geheim@db/results"
    assert Places(Path("results"), "other.db", None).url == "other.db"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "folder" / "typo.db"
    done = in_process.aoi("results", "release", "--reason", "queue", "--database", str(missing))
    assert (done.returncode, f"{missing}: there is no such database" in done.stderr) == (1, True)
    assert not missing.parent.exists()
