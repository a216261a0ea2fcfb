import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import islice

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.line import ports
from aoi_modules.line.ports import HOST, choose


def free_pairs() -> Iterator[int]:
    """Free ports whose next one is free, too: below those that the system gives to whoever asks for any."""
    for port in random.sample(range(10_000, 32_000, 2), 200):
        with ExitStack() as held, suppress(OSError):
            for one in (port, port + 1):
                held.enter_context(socket.create_server((HOST, one)))
            held.close()
            yield port


def test_named_ports_have_the_next_ones_beside_them() -> None:
    first, serving = islice(free_pairs(), 2)
    found = choose(first, serving)
    assert (found.pages, found.second, found.grpc, found.rest) == (first, first + 1, serving, serving + 1)


def test_free_ports_are_all_different() -> None:
    found = choose(0, 0)
    assert len({*vars(found).values()}) == 7


@pytest.mark.parametrize("above", [0, 1])
def test_a_taken_port_is_told_with_its_door_and_its_argument(above: int) -> None:
    first = next(free_pairs())
    port = first + above
    with socket.create_server((HOST, port)), pytest.raises(AoiError) as caught:
        choose(first, 0)
    door = ("the first gateway", "the second gateway")[above]
    assert caught.value.message == f"`port={first}`: {door} cannot listen on {HOST}:{port}: Address already in use"
    assert "`port='any'` takes free ports" in caught.value.hint
    assert {argument.name for argument in caught.value.arguments} == {"port"}


def test_what_others_use_by_habit_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        monkeypatch.setattr(ports, "PROMETHEUS", taken.getsockname()[1])
        assert choose(0, 0).prometheus != taken.getsockname()[1]
