"""Off this machine keys and passwords go encrypted, or the gateway does not start."""

import pytest
from starlette.requests import Request

from aoi_modules.errors import EntranceError, NotAllowed
from aoi_modules.gateway.doors.access.entrance import Entrance, entrance_of

LOCAL = ["127.0.0.1", "127.0.0.2", "localhost", "::1"]
ELSEWHERE = ["0.0.0.0", "::", "", "10.1.2.3", "no-such-host.invalid"]
PROXY = entrance_of("0.0.0.0", tls=False, behind_proxy=["10.0.0.0/8", "fd00::/8"])


def request(peer: str | None, *forwarded: str) -> Request:
    client = None if peer is None else (peer, 1)
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Request({"type": "http", "client": client, "headers": headers})


@pytest.mark.parametrize("host", LOCAL)
def test_on_this_machine_alone_it_is_open(host: str) -> None:
    entrance = entrance_of(host, tls=False, behind_proxy=())
    assert (entrance.open, entrance.secure) == (True, False)
    assert entrance_of(host, tls=True, behind_proxy=()).secure


@pytest.mark.parametrize("host", ELSEWHERE)
def test_plain_http_for_other_machines_is_refused(host: str) -> None:
    with pytest.raises(EntranceError, match="expected TLS") as caught:
        entrance_of(host, tls=False, behind_proxy=())
    assert "--behind-proxy NETWORK" in caught.value.hint
    assert not entrance_of(host, tls=True, behind_proxy=()).open
    assert not entrance_of(host, tls=False, behind_proxy=["10.0.0.0/8"]).open


def test_behind_a_proxy_on_this_machine_people_sign_in_too() -> None:
    entrance = entrance_of("127.0.0.1", tls=False, behind_proxy=["127.0.0.1/32"])
    assert (entrance.open, entrance.secure) == (False, True)


@pytest.mark.parametrize("network", ["", "proxy", "10.0.0.1/8", "10.0.0.0/40", "0x10"])
def test_a_network_that_is_none_is_named(network: str) -> None:
    with pytest.raises(EntranceError, match="--behind-proxy: expected a network"):
        entrance_of("127.0.0.1", tls=False, behind_proxy=[network])


@pytest.mark.parametrize("peer", ["10.0.0.9", "::ffff:10.0.0.9", "fd00::1"])
def test_the_proxy_may_speak_plainly(peer: str) -> None:
    PROXY.check(peer)


@pytest.mark.parametrize("peer", ["192.168.0.1", "127.0.0.1", "::1", "", "10.0.0.9, 1.2.3.4", "proxy"])
def test_nobody_else_may(peer: str) -> None:
    with pytest.raises(NotAllowed, match=r"expected a request by the proxy in 10\.0\.0\.0/8, fd00::/8"):
        PROXY.check(peer)
    Entrance(local=False, tls=True).check(peer)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.9", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.9", ["6.6.6.6, 1.2.3.4, 10.0.0.8"], "1.2.3.4"),
        ("10.0.0.9", ["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        ("10.0.0.9", [], "10.0.0.9"),
        ("10.0.0.9", ["10.0.0.7"], "10.0.0.9"),
        ("192.168.0.1", ["1.2.3.4"], "192.168.0.1"),
        (None, ["1.2.3.4"], ""),
        ("10.0.0.9", ["a" * 1000], "a" * 64),
    ],
)
def test_only_a_proxy_is_believed_about_addresses(peer: str | None, forwarded: list[str], address: str) -> None:
    assert PROXY.address_of(request(peer, *forwarded)) == address


def test_without_a_proxy_nobody_is_believed() -> None:
    assert Entrance().address_of(request("127.0.0.1", "1.2.3.4")) == "127.0.0.1"
