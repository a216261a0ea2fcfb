"""How people and machines reach the gateway: on this machine alone, by TLS, or through a proxy that speaks it."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from aoi_modules.errors import EntranceError, NotAllowed

FORWARDED_FOR = "x-forwarded-for"
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Entrance:
    """Where the gateway listens, and whom it believes.

    Args:
        local: whether it listens on this machine alone.
        tls: whether it speaks TLS itself.
        proxies: networks of the proxies in front of it, which alone may speak plain HTTP, and say who sent a request.
    """

    local: bool = True
    tls: bool = False
    proxies: tuple[Network, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nobody has to sign in while there is neither user nor key: nobody comes from another machine."""
        return self.local and not self.proxies

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS, so that cookies go no other way."""
        return self.tls or bool(self.proxies)

    def check(self, peer: str) -> None:
        """Refuses whoever speaks plain HTTP from elsewhere than a proxy.

        Raises:
            NotAllowed: they do.
        """
        if self.proxies and not self.tls and not self._believes(peer):
            networks = ", ".join(map(str, self.proxies))
            raise NotAllowed(
                f"expected a request by the proxy in {networks}. Received: one from {peer[:40] or 'nowhere'}",
                hint="ask the proxy; here HTTP is plain",
            )

    def address_of(self, request: Request) -> str:
        """The address that a request comes from: what the last believed proxy saw, or else the connection's."""
        peer = request.client.host if request.client is not None else ""
        if not self._believes(peer):
            return peer
        seen = [one.strip() for line in request.headers.getlist(FORWARDED_FOR) for one in line.split(",")]
        others = [one for one in reversed(seen) if not self._believes(one)]
        return others[0][:64] if others else peer

    def _believes(self, peer: str) -> bool:
        if not self.proxies:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self.proxies)


def entrance_of(host: str, *, tls: bool, behind_proxy: Sequence[str]) -> Entrance:
    """Checks how the gateway is to be reached.

    Args:
        host: that it listens on.
        tls: whether it speaks TLS.
        behind_proxy: networks of proxies, such as `10.0.0.0/8`.

    Raises:
        EntranceError: passwords and keys would go in plain text over a network, or a network is none.
    """
    entrance = Entrance(_is_local(host), tls, tuple(map(_network, behind_proxy)))
    if not entrance.local and not entrance.secure:
        raise EntranceError(
            f"--host {host}: expected TLS, because other machines reach this address and HTTP is plain",
            hint="--tls_cert FILE --tls_key FILE; or --behind-proxy NETWORK where a proxy there speaks TLS",
        )
    return entrance


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise EntranceError(
            f"--behind-proxy: expected a network such as 10.0.0.0/8. Received: {text!r}: {error}"
        ) from None


def _is_local(host: str) -> bool:
    """Whether only this machine reaches a host; a name that nobody knows is refused when it is listened on."""
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):  # nobody knows the name; listening says so
        return False
    return all(ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)
