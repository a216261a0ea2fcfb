"""Results are copied, destroyed and brought back by a reader's own lines; lines that would not are told apart."""

import shutil
from pathlib import Path

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.restoring import Results, check_restore
from tests.commands.results.lines import Kept


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results.of(Kept(tmp_path / "line").folder, tmp_path / "room")


def lines(results: Results) -> tuple[str, str]:
    place = f"--results {results.folder}"
    return f"aoi results backup {results.copy} {place}", f"aoi results restore {results.copy} {place}"


@pytest.mark.slow
def test_all_is_there_again_and_a_second_try_finds_the_copy(results: Results) -> None:
    assert results.inspections == 3
    pictures = len(list(results.folder.rglob("*.png")))
    for _ in range(2):
        assert check_restore(results, *lines(results)).startswith("3 inspections before and after")
        assert (results.inspections, len(list(results.folder.rglob("*.png")))) == (3, pictures)


def test_lines_that_would_not_do_it_are_told(results: Results) -> None:
    backup, restore = lines(results)
    for wrong, words in (
        ((7, restore), "backup: found"),
        (("aoi results backup FILL_IN", restore), "still open"),
        (("aoi results copy", restore), "begins with aoi results backup"),
        ((backup, backup), "begins with aoi results restore"),
        ((f"aoi results backup x.tar --results {results.folder}", restore), "the file of the copy"),
        ((f"aoi results backup {results.copy}", restore), "the gateway's usual folder"),
        ((f"{backup} --no-pictures", restore), "what people judge by"),
        (("aoi 'results", restore), "no line that a shell could read"),
    ):
        with pytest.raises(Hint) as caught:
            check_restore(results, *wrong)
        assert words in str(caught.value)
    assert results.inspections == 3, "nothing was destroyed"


def test_without_results_and_without_a_copy_it_says_so(results: Results) -> None:
    shutil.rmtree(results.folder)
    with pytest.raises(Hint, match="there is no copy of them"):
        check_restore(results, *lines(results))
    with pytest.raises(Hint, match="leave them as they are"):
        check_restore(None, *lines(results))
