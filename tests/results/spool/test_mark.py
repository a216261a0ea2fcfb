"""How far a follower has come, in a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.spool.mark import START, Mark, Position


def test_a_mark_is_where_it_was_moved(tmp_path: Path) -> None:
    path = tmp_path / "rows.mark"
    mark = Mark(path)
    assert mark.position == START
    mark.move(Position(3, 4711))
    assert mark.position == Mark(path).position == Position(3, 4711)
    assert [file.name for file in tmp_path.iterdir()] == ["rows.mark"]


@pytest.mark.parametrize("content", [b"", b"3", b"3 -4\n", b"\xff\xfe 4\n", b"3 4\n5 6\n", b"3 4\n" * 100])
def test_a_damaged_mark_is_the_start_and_whole_again_with_the_next_move(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.mark"
    path.write_bytes(content)
    mark = Mark(path)
    assert mark.position == START
    mark.move(Position(2, 5))
    assert Mark(path).position == Position(2, 5)


def test_a_mark_is_written_in_its_place_since_a_new_name_would_wait_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "rows.mark"
    path.write_text("3 4\n")  # as the release before wrote it
    mark, before = Mark(path), path.stat().st_ino
    assert mark.position == Position(3, 4)
    mark.move(Position(4, 10**12))
    mark.move(Position(5, 0))
    assert (Mark(path).position, path.stat().st_ino) == (Position(5, 0), before)


def test_a_mark_that_cannot_be_written_moves_all_the_same_and_is_written_with_the_next_move(tmp_path: Path) -> None:
    path = tmp_path / "rows.mark"
    path.mkdir()  # nothing can be written there
    mark = Mark(path)
    mark.move(Position(1, 20))
    assert mark.position == Position(1, 20)
    path.rmdir()
    mark.move(Position(1, 30))
    assert Mark(path).position == Position(1, 30)


@given(st.tuples(st.integers(0, 5), st.integers(0, 99)), st.tuples(st.integers(0, 5), st.integers(0, 99)))
def test_positions_rise_by_segment_and_offset(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (Position(*one) < Position(*other)) == (one < other)
