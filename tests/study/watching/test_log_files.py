"""Lines are read from files, found by their fields, and counted by what would be labels."""

from pathlib import Path

from aoi_modules.study.watching import log_files
from tests.study.watching.lines import logged


def test_lines_of_all_files_come_in_the_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"timestamp": "2", "event": "b"}\nTraceback\n')
    (tmp_path / "b").write_text('{"timestamp": "1", "event": "a"}\n[1]\n')
    found = log_files.read({"one": tmp_path / "a", "two": tmp_path / "b"})
    assert [(one["service"], one["event"]) for one in found] == [("two", "a"), ("one", "b")]


def test_lines_are_found_by_fields() -> None:
    assert [one["inspection"] for one in log_files.having(logged(), event="inspected", version=2)] == ["a2"]
    assert log_files.having(logged(), unknown=1) == []


def test_streams_are_counted_by_labels() -> None:
    lines = logged()
    assert log_files.streams(lines, ["service"]) == 3
    assert log_files.streams(lines, ["service", "level"]) == 4
    assert log_files.counts(lines, "event")[("brought",)] == 2


def test_fields_are_shown_in_columns() -> None:
    text = log_files.shown(log_files.having(logged(), event="inspected"), ["inspection", "verdict"])
    assert text.splitlines() == ["inspection  verdict", "a1          PASS", "a2          FAIL"]
