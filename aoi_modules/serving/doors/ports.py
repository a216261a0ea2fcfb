"""What both doors share: how they close, and what a user hears whose port cannot be had."""

import socket
from typing import Protocol

from aoi_modules.errors import AoiError
from aoi_modules.serving.flags import ANY_PORT

GRACE_SECONDS = 10.0
"""How long answers under way may take after the server was told to stop."""
PATIENCE_SECONDS = 20.0
"""How long a client may take before it says what it wants: a handshake, a request's head, the next part of a body."""


class Door(Protocol):
    """An open way into the server.

    Attributes:
        port: where it listens; None if on no port.
    """

    port: int | None

    def turn_away(self) -> None:
        """Lets clients go elsewhere, as far as the protocol can say so; all requests are still answered."""

    async def close(self) -> None:
        """Accepts nothing more, and waits up to GRACE_SECONDS for the answers under way."""


def wanted_port(port: int) -> int:
    """Gives the number to ask the system for: 0, a free one, for `any`."""
    return 0 if port == ANY_PORT else port


def cannot_listen(flag: str, port: int, host: str, reason: str) -> AoiError:
    """Gives the error for a port that cannot be had; it blames the host if no port of it can.

    Args:
        flag: that names the port.
        port: as the user gave it.
        host: "" for all interfaces.
        reason: the system's words.
    """
    if problem := _host_problem(host):
        return AoiError(
            f"--host: cannot listen on any port of {host}: {problem}",
            hint="expected an address of this machine; without --host it is all of them",
        )
    return AoiError(
        f"{flag}: cannot listen on port {'any' if port == ANY_PORT else port} of {host or 'all interfaces'}: {reason}",
        hint=f"choose another port, or {flag}=any for a free one",
    )


def family_of(host: str) -> socket.AddressFamily:
    """Gives the IP version of a host: 6 for addresses with colons, else 4."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _host_problem(host: str) -> str:
    """Why not even a free port of the host can be had; empty if one can."""
    with socket.socket(family_of(host)) as probe:
        try:
            probe.bind((host, 0))
        except OSError as error:
            return error.strerror or str(error)
    return ""
