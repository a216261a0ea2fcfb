"""A relay in front of a model server, whose connections a test can cut as the end of the server's process would."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes bytes both ways on a free port, until `cut` is called.

    Args:
        to: port of the server behind it, on 127.0.0.1.
        host: the address of this machine on which it listens.
        port: 0 takes a free one.
        drops: so many connections end when their first bytes came, which nobody gets.
    """

    def __init__(self, to: int, host: str = "127.0.0.1", port: int = 0, drops: int = 0) -> None:
        self._to = to
        self.drops = drops
        self._pairs: list[socket.socket] = []
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Breaks all connections, and takes no further one."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.drops:
                    self.drops -= 1
                    client.recv(1)
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._pairs += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        for one in self._pairs:
            one.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
