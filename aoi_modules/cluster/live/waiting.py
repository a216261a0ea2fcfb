"""Waiting until what was applied is ready, and no longer than that is of use."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.standing import Standing, standings
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
LOOK_SECONDS = 1.0
Told = Callable[[Sequence[Standing]], None]
"""Learns how all do, each time that something has changed."""


class NotReady(ClusterError):
    """What was waited for is not ready.

    Args:
        found: how all do.
        seconds: that were waited.
    """

    def __init__(self, found: Sequence[Standing], seconds: float) -> None:
        left = [one for one in found if not one.ready]
        lost = any(one.lost for one in left)
        when = "and will not become so by itself" if lost else f"after {seconds:.0f} s"
        super().__init__(
            f"{len(left)} of {len(found)} are not ready {when}: " + "; ".join(f"{one.name}: {one.why}" for one in left)
        )
        self.found = found


def wait_until_ready(
    cluster: Cluster, objects: Sequence[Object], seconds: float, told: Told = lambda found: None
) -> list[Standing]:
    """Waits until all objects are ready, and gives how they do.

    Args:
        cluster: in which they are.
        objects: as they were applied.
        seconds: that it may take.
        told: see `Told`.

    Raises:
        NotReady: the time has passed, or one of them has failed for good.
        ClusterError: the cluster does not answer, or does not allow it.
    """
    end, last = time.monotonic() + seconds, None
    while True:
        found = standings(cluster, objects)
        if found != last:
            told(found)
            last = found
        if all(one.ready for one in found):
            return found
        if any(one.lost for one in found) or time.monotonic() >= end:
            raise NotReady(found, seconds)
        time.sleep(LOOK_SECONDS)
