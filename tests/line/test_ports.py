import socket

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.line import ports
from aoi_modules.line.ports import HOST, choose
from tests.documents import free_ports


def test_named_ports_have_the_next_ones_beside_them() -> None:
    first, serving = free_ports(2)
    found = choose(first, serving)
    assert (found.pages, found.second, found.grpc, found.rest) == (first, first + 1, serving, serving + 1)


def test_free_ports_are_all_different() -> None:
    found = choose(0, 0)
    assert len({found.pages, found.second, found.grpc, found.rest, found.prometheus, found.node_exporter}) == 6


@pytest.mark.parametrize("above", [0, 1])
def test_a_taken_port_is_told_with_its_door_and_its_argument(above: int) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AoiError) as caught:
            choose(port - above, 0)
    door = ("the first gateway", "the second gateway")[above]
    assert (
        caught.value.message == f"`port={port - above}`: {door} cannot listen on {HOST}:{port}: Address already in use"
    )
    assert "`port='any'` takes free ports" in caught.value.hint
    assert {argument.name for argument in caught.value.arguments} == {"port"}


def test_what_others_use_by_habit_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        monkeypatch.setattr(ports, "PROMETHEUS", taken.getsockname()[1])
        assert choose(0, 0).prometheus != taken.getsockname()[1]
