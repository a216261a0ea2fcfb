import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.retries import LONGEST_PAUSE, MOVE_PAUSE, MOVE_SECONDS, Attempts


class Clock:
    """Seconds that pass only when they are spent."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def attempts(timeout: float, retries: int, clock: Clock, chance: float = 0.5) -> Attempts:
    return Attempts(timeout, retries, clock=clock, chance=lambda: chance)


def test_pauses_double() -> None:
    tried = attempts(100, 3, Clock())
    pauses = [tried.pause() for _ in range(4)]
    assert pauses[:3] == pytest.approx([0.15, 0.3, 0.6])
    assert pauses[3] is None


def test_a_pause_that_would_outlast_the_deadline_is_not_made() -> None:
    assert attempts(0.1, 3, Clock()).pause() is None


def test_there_is_always_a_deadline_left_to_give() -> None:
    clock = Clock()
    tried = attempts(1, 2, clock)
    assert tried.seconds_left() == pytest.approx(1)
    clock.now += 5
    assert tried.late()
    assert tried.seconds_left() == 0.001


@given(st.floats(0.001, 60), st.integers(0, 50), st.floats(0, 1, exclude_max=True))
def test_all_pauses_together_stay_within_the_deadline_and_the_count(
    timeout: float, retries: int, chance: float
) -> None:
    clock = Clock()
    tried, made = attempts(timeout, retries, clock, chance), 0
    while (pause := tried.pause()) is not None:
        assert 0 < pause <= 1.25 * LONGEST_PAUSE
        clock.now += pause
        made += 1
    assert made <= retries
    assert clock.now < 100.0 + timeout


def test_a_name_has_seconds_to_lead_to_others_within_the_deadline() -> None:
    clock = Clock()
    for timeout, waited in ((60.0, MOVE_SECONDS), (2.0, 2.0)):
        tried, begun = attempts(timeout, 0, clock), clock.now
        while (pause := tried.pause_for_a_move()) is not None:
            clock.now += pause
        assert waited - 2 * MOVE_PAUSE <= clock.now - begun < waited
