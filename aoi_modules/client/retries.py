"""When a call is made again: only one that cannot have reached a model, and only before its deadline."""

import random
import time
from collections.abc import Callable

RETRIES = 2
"""How often a call is made again if the caller says nothing."""
FIRST_PAUSE, LONGEST_PAUSE = 0.15, 2.0
"""Seconds before the first repetition, which double with each further one, and their bound."""


LOST_SECONDS = 4.0
"""A machine that did not receive within this time what was sent to it is taken for lost."""
MOVE_SECONDS, MOVE_PAUSE = 5.0, 0.25
"""How long a call waits for others behind a name that leads to nobody, and the pause between its attempts."""


class Attempts:
    """The attempts of one call.

    It is made again only when nobody accepted the connection: sending the request again cannot do anything twice then.
    Three things are final: an answer, whatever it says; a deadline; and a connection that broke under the request. The
    request may have reached the model, and one that ends a server must not end the next one, too.

    Args:
        timeout: seconds for all attempts together.
        retries: how often a call that was not sent is made again.
        clock: gives seconds.
        chance: gives numbers in [0, 1). Pauses vary by it, so that many clients do not come back at the same moment.

    Attributes:
        timeout: as it was given; messages name it.
    """

    def __init__(
        self,
        timeout: float,
        retries: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.timeout = timeout
        self._clock, self._chance = clock, chance
        self._begun = clock()
        self._end = self._begun + timeout
        self._left = retries
        self._pause = FIRST_PAUSE

    def seconds_left(self) -> float:
        """Gives the seconds until the deadline, over 0 even after it: 0 would mean no deadline to some libraries."""
        return max(self._end - self._clock(), 0.001)

    def late(self) -> bool:
        """Tells whether the deadline has passed."""
        return self._clock() > self._end

    def pause(self) -> float | None:
        """Gives the seconds to wait before the next attempt, after one that was not sent; None if there is none."""
        if self._left == 0:
            return None
        pause = self._pause * (0.75 + 0.5 * self._chance())
        self._left -= 1
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return pause if self._clock() + pause < self._end else None

    def pause_for_a_move(self) -> float | None:
        """Gives the seconds to wait before a name is tried again that leads to nobody; None if it had time enough."""
        now = self._clock()
        return MOVE_PAUSE if now + MOVE_PAUSE < min(self._begun + MOVE_SECONDS, self._end) else None
