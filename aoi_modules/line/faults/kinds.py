"""The kinds of faults, and which one the next picture has."""

import random
from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong: with a picture, or, slow, with the model server."""

    BROKEN = "broken"
    DARK = "dark"
    BLURRED = "blurred"
    SLOW = "slow"


Shares = Mapping[Fault, float]
"""Share of the pictures with each fault, in [0, 1], a picture has one at most; of SLOW a share of the time."""
OF_PICTURES = (Fault.BROKEN, Fault.DARK, Fault.BLURRED)


def by_chance(shares: Shares, chance: random.Random) -> Fault | None:
    """Which fault the next picture has; None for most."""
    drawn = chance.random()
    for fault in OF_PICTURES:
        drawn -= shares.get(fault, 0.0)
        if drawn < 0:
            return fault
    return None
