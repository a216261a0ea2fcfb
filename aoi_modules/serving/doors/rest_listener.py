"""The REST port: an ASGI application behind uvicorn."""

import asyncio
import socket
from typing import Any

from aoi_modules.serving.doors.http_protocol import PatientProtocol
from aoi_modules.serving.doors.ports import GRACE_SECONDS, cannot_listen, family_of, wanted_port
from aoi_modules.serving.flags import Flags
from aoi_modules.web_server import WebServer, listening_socket


class RestDoor:
    """The open REST port.

    Attributes:
        port: where it listens.
    """

    def __init__(self, server: WebServer, listener: socket.socket) -> None:
        self.port: int | None = listener.getsockname()[1]
        self._server = server
        self._serving = asyncio.create_task(server.serve(sockets=[listener]))

    @classmethod
    async def open(cls, flags: Flags, app: Any) -> "RestDoor":
        """Opens the REST port.

        Args:
            flags: host and port.
            app: the ASGI application.

        Raises:
            AoiError: the port is taken or not allowed.
        """
        server = WebServer(
            app,
            http=PatientProtocol,
            lifespan="off",
            grace_seconds=int(GRACE_SECONDS),
        )
        door = cls(server, _listener(flags))
        await door._started()
        return door

    async def _started(self) -> None:
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(0.005)

    def turn_away(self) -> None:
        """Lets clients go elsewhere: each connection ends with its next answer."""
        self._server.turn_away()

    async def close(self) -> None:
        """Accepts nothing more, and waits for the answers under way."""
        self._server.should_exit = True
        await self._serving  # which closes the socket, too


def _listener(flags: Flags) -> socket.socket:
    try:
        return listening_socket(flags.host, wanted_port(flags.rest_api_port), family_of(flags.host))
    except OSError as error:
        reason = str(error.strerror or error)
        raise cannot_listen("--rest_api_port", flags.rest_api_port, flags.host, reason) from None
