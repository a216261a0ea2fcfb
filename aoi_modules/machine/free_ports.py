"""Ports for programs that have to be told one before they listen."""

import random
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

_QUIET = (20_000, 32_768)
"""From where to where they are looked for. Linux lends those from 32,768 on to whoever calls somebody: one that is free
now may be lent before the program that is to listen there has started."""


def free_ports(count: int, host: str = "127.0.0.1") -> Sequence[int]:
    """Ports of this machine on which nobody listens, all different, and none that the system lends to callers.

    Args:
        count: how many.
        host: where they are to be free; "" for all IPv4 interfaces.

    Raises:
        OSError: so many are not free.
    """
    found = list(islice(_free(host), count))
    if len(found) < count:
        raise OSError(f"{len(found)} ports of {host or 'this machine'} are free, expected {count}")
    return found


def _free(host: str) -> Iterator[int]:
    # Of the system, since lessons seed Python's own numbers: two that run at once would choose the same ports.
    for port in random.SystemRandom().sample(range(*_QUIET), _QUIET[1] - _QUIET[0]):
        with suppress(OSError), socket.create_server((host, port)):  # one that is taken is passed by
            yield port
