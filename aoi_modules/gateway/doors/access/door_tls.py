"""TLS of the gateway's own ports: its certificate, and those by which machines show who they are."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aoi_modules.errors import EntranceError
from aoi_modules.gateway.doors.access.porter import PEER_NAME


@dataclass(frozen=True)
class DoorTls:
    """The gateway's certificate.

    Args:
        certificate: PEM file, with those of the authorities between behind it.
        key: PEM file of its key.
        client_ca: PEM file of an authority; a client with a certificate by it is a machine of the name in there.
            Without one it is asked for a key or a session by HTTP, and refused by gRPC.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def context(self) -> ssl.SSLContext:
        """For HTTP: TLS 1.2 or newer.

        Raises:
            EntranceError: a file cannot be read, or key and certificate do not belong together.
        """
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key)
            if self.client_ca is not None:
                context.load_verify_locations(self.client_ca)
                context.verify_mode = ssl.CERT_OPTIONAL
        except OSError as error:  # ssl.SSLError is one
            files = ", ".join(str(path) for path in (self.certificate, self.key, self.client_ca) if path is not None)
            said = error.strerror or str(error)
            raise EntranceError(
                f"{files}: expected PEM files of a certificate, of its key and of an authority. Received: {said}",
                hint="--tls_cert, --tls_key, --tls_client_ca",
            ) from None
        return context

    def grpc_credentials(self) -> grpc.ServerCredentials:
        """For gRPC; who shows no certificate is refused where machines show one."""
        authority = None if self.client_ca is None else self.client_ca.read_bytes()
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def door_tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> DoorTls | None:
    """The gateway's TLS; None where it has none.

    Raises:
        EntranceError: one of the files is missing.
    """
    if certificate is None and key is None and client_ca is None:
        return None
    if certificate is None or key is None:
        raise EntranceError("--tls_cert, --tls_key: expected both of them, or none. Received: one")
    return DoorTls(certificate, key, client_ca)


class NamingProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which notes in the state of each request whose certificate the connection showed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins with a connection whose certificate was checked by now, if there is one."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        name = _common_name(shown.getpeercert() or {}) if shown is not None else None
        if name is not None:
            self.app_state = {**self.app_state, PEER_NAME: name}


def _common_name(certificate: Any) -> str | None:
    """Of whom a checked certificate is."""
    found = [value for part in certificate.get("subject", ()) for name, value in part if name == "commonName"]
    return found[0] if found else None
