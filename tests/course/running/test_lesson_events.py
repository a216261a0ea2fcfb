"""Messages between a run and a lesson's process: one line each, whatever is in them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.running.lesson_events import (
    Began,
    CellBegan,
    CellDone,
    Ended,
    Event,
    LessonError,
    Task,
    event,
    line,
    task,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(0, 10**6)
SECONDS = st.floats(0, 1e9)
ERRORS = st.builds(LessonError, cell=NUMBER, title=TEXT, message=TEXT, trace=TEXT)
EVENTS = st.one_of(
    st.builds(Began, NUMBER),
    st.builds(CellBegan, NUMBER, TEXT),
    st.builds(CellDone, NUMBER, TEXT, SECONDS),
    st.builds(Ended, NUMBER, st.none() | ERRORS),
)
TASKS = st.builds(
    Task,
    lesson=TEXT,
    notebook=TEXT,
    output=TEXT,
    parameters=st.dictionaries(TEXT, TEXT, max_size=3),
    form=st.sampled_from(["solved", "proving"]),
    kernels_dir=TEXT,
    cell_limit=SECONDS,
    start_limit=SECONDS,
)


@given(EVENTS)
def test_an_event_is_one_line_and_comes_back(sent: Event) -> None:
    text = line(sent)
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")
    assert event(text) == sent


@given(TASKS)
def test_a_task_comes_back(sent: Task) -> None:
    assert task(line(sent)) == sent


@pytest.mark.parametrize("text", [b"", b"{}\n", b'{"type":"Other"}\n', b'{"type":"Began","cells":"three"}\n'])
def test_what_is_no_event_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        event(text)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LessonError(message="no kernel"), "no kernel"),
        (LessonError(cell=4, title="Train", message="no"), "cell 4, Train: no"),
    ],
)
def test_an_error_says_in_which_cell(error: LessonError, words: str) -> None:
    assert str(error) == words
