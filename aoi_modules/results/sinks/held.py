"""Letters that a sink does not take now: how often each was tried, and for how long."""

import time
from collections.abc import Collection
from dataclasses import dataclass

PATIENCE_SECONDS = 600.0
"""How long a letter is tried at least before it may be set aside."""
MOST_TRIES = 20
"""How often, at least."""


@dataclass
class _Tried:
    since: float
    times: int = 0


class Held:
    """Counts the tries of letters that are held up.

    Args:
        patience: see `PATIENCE_SECONDS`.
        tries: see `MOST_TRIES`.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS, tries: int = MOST_TRIES) -> None:
        self._patience = patience
        self._tries = tries
        self._tried: dict[int, _Tried] = {}

    def keep(self, numbers: Collection[int]) -> None:
        """Forgets all letters but those with these numbers."""
        self._tried = {number: tried for number, tried in self._tried.items() if number in numbers}

    def note(self, number: int) -> None:
        """Counts a try in vain."""
        self._tried.setdefault(number, _Tried(time.monotonic())).times += 1

    def overdue(self, number: int) -> bool:
        """Whether a letter was tried often and for long."""
        tried = self._tried.get(number)
        if tried is None:
            return False
        return tried.times >= self._tries and time.monotonic() - tried.since >= self._patience

    def story(self, number: int) -> str:
        """Says how often a letter was tried, and for how long."""
        tried = self._tried[number]
        return f"{tried.times} tries in {time.monotonic() - tried.since:.0f} s"
