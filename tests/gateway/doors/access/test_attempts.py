"""How often somebody may try."""

import pytest

from aoi_modules.errors import TooManyTries
from aoi_modules.gateway.doors.access import attempts
from aoi_modules.gateway.doors.access.attempts import Attempts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_too_many_tries_are_refused_until_the_span_is_over() -> None:
    clock = Clock()
    tries = Attempts(3, 60.0, clock)
    for _ in range(3):
        tries.count("ann")
    for _ in range(5):
        with pytest.raises(TooManyTries, match="too many") as caught:
            tries.count("ann")
    assert caught.value.hint == "try again in 61 s"
    tries.count("bob")
    clock.now += 60
    tries.count("ann")


def test_whoever_knew_the_password_begins_anew() -> None:
    tries = Attempts(2, 60.0, Clock())
    for _ in range(5):
        tries.count("ann")
        tries.forget("ann")
    tries.forget("nobody")


def test_memory_is_bounded_whoever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KNOWN", 10)
    tries = Attempts(2, 60.0, Clock())
    for number in range(100):
        tries.count(f"name {number}")
    assert len(tries) == 10
