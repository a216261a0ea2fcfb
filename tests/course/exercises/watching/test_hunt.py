"""The faults of a recorded shift are found, and what speaks against a wrong one is told with its numbers."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.hunt import PANELS, TRACES, check_hunt
from aoi_modules.study.watching import questions, recorded
from aoi_modules.study.watching.faults import FAULTS

WATCH = recorded.read().watch()
TRUTH = dict(WATCH.shift.faults)


def test_the_truth_passes_with_what_each_fault_leaves() -> None:
    said = check_hunt(TRUTH, WATCH)
    assert all(TRACES[fault] in said for fault in FAULTS)
    assert set(PANELS) == set(FAULTS)
    assert set(PANELS.values()) <= set(questions.panels(WATCH.window))


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A")])
def test_two_that_are_mixed_up_are_held_against_their_panel(first: str, second: str) -> None:
    guess = TRUTH | {first: TRUTH[second], second: TRUTH[first]}
    with pytest.raises(Hint) as caught:
        check_hunt(guess, WATCH)
    wrong = min(first, second)
    assert str(caught.value).startswith(f"{wrong}: a {guess[wrong]} would be seen in {PANELS[guess[wrong]]!r}")
    assert "; before it said " in str(caught.value)


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (None, "expected a dict with the keys A, B, C, D"),
        ({"A": "drift"}, "expected a dict with the keys"),
        (TRUTH | {"A": "rain"}, "A: found"),
        (TRUTH | {"A": TRUTH["B"]}, "stands there twice"),
        (TRUTH | {"A": []}, "A: found"),
    ],
)
def test_what_is_no_answer_gets_a_hint(guess: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_hunt(guess, WATCH)
    assert words in str(caught.value)
