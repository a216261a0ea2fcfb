"""How a client proves who it talks to, and who it is."""

from dataclasses import dataclass
from pathlib import Path

import grpc

from aoi_modules.errors import Argument, SettingsError

TLS_ARGUMENTS = (Argument("root_certificates"), Argument("server_name"))
TLS_HINT = (
    f"{TLS_ARGUMENTS[0]} names who signed its certificate, {TLS_ARGUMENTS[1]} whose it is; "
    "perhaps it asks for yours, too"
)
"""What to do when there is no encrypted connection, and the arguments that it names."""


@dataclass(frozen=True)
class Tls:
    """An encrypted connection. TensorFlow Serving has it by gRPC only (`--ssl_config_file`); a proxy adds it to REST.

    Args:
        root_certificates: PEM file of the authorities to trust; None trusts those that the library brings.
        client_certificate: PEM file with which the client shows who it is, for servers that ask (`client_verify`).
        client_key: PEM file of its private key.
        server_name: the name in the server's certificate, where the address is another. gRPC only.
    """

    root_certificates: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate, client_key: expected both or none")
        for path in (self.root_certificates, self.client_certificate, self.client_key):
            _content(path)

    def grpc_credentials(self) -> grpc.ChannelCredentials:
        """Reads the files once more, into gRPC's form: a connection made later takes certificates that were renewed."""
        return grpc.ssl_channel_credentials(
            root_certificates=_content(self.root_certificates),
            private_key=_content(self.client_key),
            certificate_chain=_content(self.client_certificate),
        )

    def grpc_options(self) -> list[tuple[str, str]]:
        """Gives the options of a channel that checks the certificate for `server_name`."""
        return [] if self.server_name is None else [("grpc.ssl_target_name_override", self.server_name)]


def _content(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: expected a PEM file. Received: {error.strerror}") from None
    if b"-----BEGIN " not in content:
        raise SettingsError(
            f"{path}: expected a PEM file, which has lines '-----BEGIN ...-----'. Received: {len(content)} other bytes"
        )
    return content
