import socket
from pathlib import Path

import pytest

from aoi_modules.machine import free_ports as module
from aoi_modules.machine.free_ports import free_ports


def test_somebody_can_listen_on_each_of_them() -> None:
    found = free_ports(5)
    listeners = [socket.create_server(("127.0.0.1", port)) for port in found]
    assert len(set(found)) == 5
    for one in listeners:
        one.close()


def test_they_are_none_that_the_system_lends() -> None:
    lent = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(lent.read_text().split()[0]) if lent.exists() else 32_768
    assert max(free_ports(50)) < first


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_those_that_are_taken_are_passed_by_and_too_few_are_told(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = free_ports(1, host)
    monkeypatch.setattr(module, "_QUIET", (first, first + 1))
    with socket.create_server((host, first)), pytest.raises(OSError, match=r"^0 ports of .+ are free, expected 1$"):
        free_ports(1, host)
