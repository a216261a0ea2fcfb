"""Addresses of servers that speak gRPC, in the forms that every gRPC program knows; gRPC itself checks too little.

It would look for port 99999 at 34463, and for an address without a port at 443.
"""

import re
from ipaddress import IPv4Address, IPv6Address

FORMS = "HOST:PORT, dns:///NAME:PORT, ipv4:IP:PORT,IP:PORT or unix:PATH"
"""What is an address, for messages."""
_HOST_PORT = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<host>[^\s:/@,\[\]]+)):(?P<port>[0-9]{1,5})")
_SCHEME = re.compile(r"(dns|ipv4|ipv6|unix|unix-abstract):(.*)", re.DOTALL)
_DNS_SERVER = re.compile(r"//[^\s/@]*/")


def is_address(text: str) -> bool:
    """Tells whether a text is an address.

    Args:
        text: `HOST:PORT` or `[IPv6]:PORT`; `dns:///NAME:PORT`, or `dns://SERVER/NAME:PORT` for the DNS server that is
            asked about the name; `ipv4:IP:PORT` or `ipv6:[IP]:PORT`, several behind commas; `unix:PATH`.
    """
    scheme, rest = _parts(text)
    if scheme.startswith("unix"):
        return bool(rest)
    if scheme == "ipv4":
        return all(_is_host_port(one) and _is_ip(one.rpartition(":")[0], IPv4Address) for one in rest.split(","))
    if scheme == "ipv6":
        return all(one.startswith("[") and _is_host_port(one) for one in rest.split(","))
    return _is_host_port(rest)


def may_be_several(address: str) -> bool:
    """Tells whether more than one server may answer at an address: a name, or several IP addresses."""
    scheme, rest = _parts(address)
    if scheme.startswith("unix"):
        return False
    host = rest.rpartition(":")[0]
    return "," in rest or not (host.startswith("[") or _is_ip(host, IPv4Address))


def is_followed(address: str) -> bool:
    """Tells whether an address says that its servers come and go: `dns:///NAME:PORT`, or several behind commas."""
    return may_be_several(address) and _SCHEME.fullmatch(address) is not None


def _parts(text: str) -> tuple[str, str]:
    """The scheme, `dns` if none is written, and what stands behind it."""
    match = _SCHEME.fullmatch(text)
    if match is None:
        return "dns", text
    scheme, rest = match[1], match[2]
    return scheme, _DNS_SERVER.sub("", rest, count=1) if scheme == "dns" and rest.startswith("//") else rest


def _is_host_port(text: str) -> bool:
    match = _HOST_PORT.fullmatch(text)
    return match is not None and 1 <= int(match["port"]) < 1 << 16 and (match["v6"] is None or _is_ip(match["v6"]))


def _is_ip(host: str, kind: type[IPv4Address] | type[IPv6Address] = IPv6Address) -> bool:
    try:
        kind(host)
    except ValueError:
        return False
    return True
