"""TLS of a connection as files of routes say it."""

from pathlib import Path

import msgspec

from aoi_modules.client.tls import Tls
from aoi_modules.errors import AoiError


class TlsFiles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a connection is encrypted, by PEM files; without any it trusts the authorities that gRPC brings."""

    root_certificates: str | None = None
    """Of the authorities to trust."""
    client_certificate: str | None = None
    """With which the client shows who it is."""
    client_key: str | None = None
    server_name: str | None = None
    """In the server's certificate, where its address is another."""

    def __post_init__(self) -> None:
        try:
            self.trust()
        except AoiError as error:
            raise ValueError(error.message) from None

    def trust(self) -> Tls:
        """Reads the files.

        Raises:
            SettingsError: one of them is no PEM file.
            ValueError: of client certificate and key one is missing.
        """
        return Tls(
            root_certificates=_path(self.root_certificates),
            client_certificate=_path(self.client_certificate),
            client_key=_path(self.client_key),
            server_name=self.server_name,
        )


def _path(file: str | None) -> Path | None:
    return None if file is None else Path(file)
