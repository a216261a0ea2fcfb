"""How often somebody may try a password: counted by name and by address, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

from aoi_modules.errors import TooManyTries

MOST_KNOWN = 10_000
"""Names or addresses that are counted; whoever tried longest ago is forgotten first."""


class Attempts:
    """Counts tries, and refuses further ones for a while.

    Args:
        most: tries in a span.
        seconds: of the span, which begins with the first try.
        clock: gives seconds.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        """How many names or addresses are counted."""
        return len(self._known)

    def count(self, who: str) -> None:
        """Counts a try.

        Raises:
            TooManyTries: there were too many; this one counts for nothing.
        """
        moment = self._clock()
        began, tries = self._known.pop(who, (moment, 0))
        if moment - began >= self._seconds:
            began, tries = moment, 0
        self._known[who] = (began, min(tries + 1, self._most))
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        if tries >= self._most:
            raise TooManyTries(
                "too many wrong passwords",
                hint=f"try again in {int(self._seconds - (moment - began)) + 1} s",
            )

    def forget(self, who: str) -> None:
        """Forgets the tries of somebody who knew the password."""
        self._known.pop(who, None)
