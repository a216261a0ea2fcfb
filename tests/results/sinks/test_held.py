"""Counting tries in vain."""

from aoi_modules.results.sinks.held import Held


def test_a_letter_is_overdue_after_many_tries_and_a_long_time() -> None:
    held = Held(0.0, 2)
    assert not held.overdue(7)
    held.note(7)
    assert not held.overdue(7)
    held.note(7)
    held.note(8)
    assert held.overdue(7)
    assert not held.overdue(8)
    assert held.story(7) == "2 tries in 0 s"


def test_many_tries_in_a_short_time_are_not_enough() -> None:
    held = Held(600.0, 1)
    for _ in range(100):
        held.note(7)
    assert not held.overdue(7)


def test_what_is_not_kept_begins_anew() -> None:
    held = Held(0.0, 2)
    for number in (7, 7, 8, 8):
        held.note(number)
    held.keep({8, 9})
    assert held.overdue(8)
    held.note(7)
    assert not held.overdue(7)
