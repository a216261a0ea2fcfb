"""The progress file: nothing solved is ever lost, whoever writes at the same time."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checklist import progress
from aoi_modules.errors import CourseError

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def test_a_try_is_recorded_and_a_solved_exercise_stays_solved(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    assert not progress.read(path).passed("1.1")
    assert progress.record(path, "1.1", passed=False, now=EARLY).attempts == 1
    assert not progress.read(path).passed("1.1")
    assert progress.record(path, "1.1", passed=True, now=EARLY).attempts == 2
    after = progress.record(path, "1.1", passed=False, now=LATE)
    assert (after.passed, after.attempts, after.time) == (True, 3, EARLY.isoformat(timespec="seconds"))
    assert progress.read(path).checks == {"1.1": after}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=8))
def test_solved_is_solved_in_any_order(tmp_path_factory: pytest.TempPathFactory, tries: list[tuple[str, bool]]) -> None:
    path = tmp_path_factory.mktemp("progress") / "progress.json"
    for name, passed in tries:
        progress.record(path, name, passed=passed)
    found = progress.read(path).checks
    assert {name for name, attempt in found.items() if attempt.passed} == {name for name, passed in tries if passed}
    assert {name: attempt.attempts for name, attempt in found.items()} == {
        name: sum(tried == name for tried, _ in tries) for name, _ in tries
    }


def test_processes_that_write_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    code = (
        "import sys; from pathlib import Path; from aoi_modules.course.checklist import progress\n"
        "for _ in range(25): progress.record(Path(sys.argv[1]), sys.argv[2], passed=True)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert {name: attempt.attempts for name, attempt in progress.read(path).checks.items()} == {"a": 25, "b": 25}


def test_a_damaged_file_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_text("{")
    with pytest.raises(CourseError, match="not a progress file") as raised:
        progress.record(path, "1.1", passed=True)
    assert raised.value.hint.startswith("move it away")
    assert path.read_text() == "{"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match=r"progress.json.lock: cannot be written"):
        progress.record(tmp_path / "file" / "progress.json", "1.1", passed=True)
