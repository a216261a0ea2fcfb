"""Addresses of servers on the command line: checked before anything is connected."""

import re
from typing import Any
from urllib.parse import urlsplit

import click

from aoi_modules.client.grpc.addresses import FORMS, is_address


class GrpcAddress(click.ParamType[str]):
    """HOST:PORT, [IPv6]:PORT, or what else gRPC knows: `dns:///NAME:PORT`, `ipv4:IP:PORT,IP:PORT`, `unix:PATH`."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        address = str(value)
        if not is_address(address):
            self.fail(f"expected {FORMS}, such as 127.0.0.1:8500 or [::1]:8500. Received: {address!r}", param, ctx)
        return address


class HttpAddress(click.ParamType[str]):
    """http://HOST:PORT or https://HOST:PORT; a proxy may have no port and a path."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        url = str(value)
        if not _is_url(url):
            self.fail(f"expected http://HOST:PORT or https://HOST:PORT. Received: {url!r}", param, ctx)
        return url


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port  # says no to what is no port
    except ValueError:
        return False
    whole = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    return bool(whole) and port != 0 and not re.search(r"\s", url)
