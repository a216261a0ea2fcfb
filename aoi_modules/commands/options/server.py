"""How commands are told which model server to ask: `--grpc` or `--http`, `--model`, and how the connection is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.addresses import GrpcAddress, HttpAddress
from aoi_modules.commands.options.decorator import Decorator, with_value
from aoi_modules.commands.options.key import key_of, key_option
from aoi_modules.errors import RpcError

if TYPE_CHECKING:  # gRPC comes when a command runs, not when its help is shown
    from aoi_modules.client.base import PredictClient
    from aoi_modules.client.endpoint import Endpoint
    from aoi_modules.client.tls import Tls
    from aoi_modules.modelstore.manifest import Manifest

_ADDRESSES = (
    click.option("--grpc", type=GrpcAddress(), metavar="HOST:PORT", help="Model server's gRPC address."),
    click.option(
        "--http",
        type=HttpAddress(),
        metavar="URL",
        help="Model server's REST address, for example http://127.0.0.1:8501.",
    ),
)
_CONNECTION = (
    click.option(
        "--timeout", type=click.FloatRange(0.001, 3600), default=10.0, show_default=True, help="Seconds a call."
    ),
    click.option("--tls", is_flag=True, help="The gRPC address speaks TLS."),
    click.option(
        "--root-certificates",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PEM file of the authorities to trust; implies --tls.",
    ),
    click.option(
        "--client-certificate",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PEM file that shows who asks, for servers that want to know; with --client-key.",
    ),
    click.option("--client-key", type=click.Path(path_type=Path), metavar="FILE", help="PEM file of its private key."),
    click.option("--server-name", help="The name in the server's certificate, where --grpc is another."),
    key_option,
)
_MODEL = (
    click.option("--model", required=True, help="Name of the model on its server."),
    click.option("--version", type=click.IntRange(min=1), help="Version to ask; the newest if left out."),
    click.option("--label", help="Ask the version that has this label on the server, for example stable."),
)


@dataclass(frozen=True, kw_only=True)
class ConnectionOptions:
    """How connections are made, as it was said on the command line."""

    timeout: float
    tls: bool
    root_certificates: Path | None
    client_certificate: Path | None
    client_key: Path | None
    server_name: str | None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        if (self.client_certificate is None) != (self.client_key is None):
            raise click.UsageError("expected both --client-certificate and --client-key, or none")

    def trust(self) -> "Tls | None":
        """Reads what the connection is encrypted with; None if it is not.

        Raises:
            SettingsError: a file is no PEM file.
        """
        known = (self.root_certificates, self.client_certificate, self.client_key, self.server_name)
        if not self.tls and not any(known):
            return None
        from aoi_modules.client.tls import Tls

        return Tls(*known)

    def endpoint(self, address: str, model: str, *, version: int | None = None, label: str | None = None) -> "Endpoint":
        """Says what a client asks: a model at an address, over such a connection."""
        from aoi_modules.client.endpoint import Endpoint

        tls, key = self.trust(), key_of(self.key_file)
        return Endpoint(address, model, version=version, label=label, timeout=self.timeout, tls=tls, key=key)


@dataclass(frozen=True, kw_only=True)
class ServerOptions(ConnectionOptions):
    """One model on one server, as it was said on the command line."""

    grpc: str | None
    http: str | None
    model: str
    version: int | None
    label: str | None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.grpc is None) == (self.http is None):
            raise click.UsageError("expected one of --grpc HOST:PORT and --http URL")
        if self.version is not None and self.label is not None:
            raise click.UsageError("expected at most one of --version and --label")

    def client(self) -> "PredictClient":
        """Makes the client of that model, by the protocol that was chosen."""
        endpoint = self.endpoint(self.grpc or self.http or "", self.model, version=self.version, label=self.label)
        return grpc_client(endpoint) if self.grpc is not None else http_client(endpoint)


@dataclass(frozen=True, kw_only=True)
class WaysOptions(ConnectionOptions):
    """A server that is asked both ways, as it was said on the command line."""

    grpc: str | None
    http: str | None


def server_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of one model on one server, and hands them over as `server: ServerOptions`."""
    return _typed(function, (*_ADDRESSES, *_MODEL, *_CONNECTION), ServerOptions)


def ways_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a server that is asked both ways, and hands them over as `server: WaysOptions`."""
    return _typed(function, (*_ADDRESSES, *_CONNECTION), WaysOptions)


def _typed(function: Decorator, options: Sequence[Decorator], kind: type[ConnectionOptions]) -> Callable[..., Any]:
    names = [field.name for field in fields(kind)]
    return with_value(function, options, keyword="server", names=names, make=kind)


def grpc_client(endpoint: "Endpoint") -> "PredictClient":
    """Makes a client by gRPC; the library comes with the first one."""
    from aoi_modules.client.grpc.client import GrpcClient

    return GrpcClient(endpoint)


def http_client(endpoint: "Endpoint") -> "PredictClient":
    """Makes a client by REST; the library comes with the first one."""
    from aoi_modules.client.rest.client import HttpClient

    return HttpClient(endpoint)


def find_manifest(client: "PredictClient") -> "Manifest | None":
    """Asks for the manifest that the model carries, if any.

    A command asks for it first of all, so here it shows whether model, version or label were misnamed.

    Raises:
        RpcError: the server does not know the model or version, or refuses; Unreachable, TooSlow: it does not answer.
        StoreError: the manifest cannot be read.
    """
    try:
        return client.find_manifest()
    except RpcError as error:
        if error.code != "NOT_FOUND":
            raise
        hint = f"--model, and --version or --label, have to name what {client.endpoint.address} serves"
        raise RpcError(error.code, error.message, hint=hint) from None
