"""Addresses of servers on the command line: checked before anything is connected."""

import re
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit

import click

# gRPC itself would look for port 99999 at 34463, and for an address without a port at 443.
_HOST_PORT = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|[^\s:/@\[\]]+):(?P<port>[0-9]{1,5})")


class GrpcAddress(click.ParamType[str]):
    """HOST:PORT, [IPv6]:PORT or unix:PATH."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        address = str(value)
        if not (_is_host_port(address) or re.fullmatch("unix:.+", address)):
            self.fail(
                f"expected HOST:PORT, such as 127.0.0.1:8500 or [::1]:8500, or unix:PATH. Received: {address!r}",
                param,
                ctx,
            )
        return address


class HttpAddress(click.ParamType[str]):
    """http://HOST:PORT or https://HOST:PORT; a proxy may have no port and a path."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        url = str(value)
        if not _is_url(url):
            self.fail(f"expected http://HOST:PORT or https://HOST:PORT. Received: {url!r}", param, ctx)
        return url


def _is_host_port(address: str) -> bool:
    match = _HOST_PORT.fullmatch(address)
    return match is not None and 1 <= int(match["port"]) < 1 << 16 and (match["v6"] is None or _is_v6(match["v6"]))


def _is_v6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port  # says no to what is no port
    except ValueError:
        return False
    whole = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    return bool(whole) and port != 0 and not re.search(r"\s", url)
