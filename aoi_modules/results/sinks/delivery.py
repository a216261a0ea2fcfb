"""What becomes of letters that are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from aoi_modules.results.database.outbox import Letter


class Fate(Enum):
    """What a sink said to a letter."""

    TAKEN = "taken"
    REFUSED = "refused"
    """For ever: sending it again is of no use."""
    HELD = "held"
    """Not now, perhaps for a reason that somebody mends, perhaps because of this letter."""


@dataclass(frozen=True)
class Answer:
    """What a sink said, and why."""

    fate: Fate
    reason: str = ""


TAKEN = Answer(Fate.TAKEN)


@dataclass(frozen=True)
class Delivery:
    """What became of some letters.

    Args:
        answers: to each letter, in order; None to those of which nothing is known, which are sent again.
        away: why not all are answered, in a sentence; empty where nothing is wrong with the sink.
        pause: seconds after which the sink wants to be asked again; None leaves that to whoever asks.
    """

    answers: Sequence[Answer | None]
    away: str = ""
    pause: float | None = None


class Sender(Protocol):
    """Brings letters to one sink, in order."""

    @property
    def at_once(self) -> int:
        """How many letters it wants at a time."""

    async def deliver(self, letters: Sequence[Letter]) -> Delivery:
        """Sends letters and waits for receipts; without letters it looks whether the sink is there."""

    async def close(self) -> None:
        """Hangs up."""
