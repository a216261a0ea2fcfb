"""Options of commands that ask a gateway: where it is, how long it may take, and who asks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.commands.options.key import key_of, key_option

if TYPE_CHECKING:
    from aoi_modules.client.endpoint import Endpoint


def gateway_options(url: str | None = None) -> Callable[..., Any]:
    """Gives a command the options by which a gateway is asked; it takes them as `gateway`, an endpoint of no component.

    Args:
        url: whom to ask by default; None makes the option required.
    """
    address = {"required": True} if url is None else {"default": url, "show_default": True}
    options = [
        click.option("--gateway", "url", metavar="URL", help="Whom to ask: http://HOST:PORT.", **address),
        click.option("--timeout", type=click.FloatRange(min=0.01), default=10.0, show_default=True, help="Seconds."),
        key_option,
        click.option(
            "--root-certificates",
            type=click.Path(path_type=Path),
            help="PEM file of the authorities to trust, for https://.",
        ),
    ]
    names = ("url", "timeout", "key_file", "root_certificates")
    return lambda command: with_value(command, options, keyword="gateway", names=names, make=_endpoint)


def _endpoint(url: str, timeout: float, key_file: Path | None, root_certificates: Path | None) -> "Endpoint":
    from aoi_modules.client.endpoint import Endpoint
    from aoi_modules.client.tls import Tls

    trust = None if root_certificates is None else Tls(root_certificates)
    return Endpoint(url, "", timeout=timeout, tls=trust, key=key_of(key_file))
