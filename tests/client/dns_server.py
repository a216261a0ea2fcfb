"""A small real DNS server on this machine, whose one name can lead elsewhere from one moment to the next."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

A, NO_ERROR = 1, 0x8400


class DnsServer:
    """Answers every question for IPv4 addresses by UDP, and says of all others that there is no such record.

    Args:
        addresses: to which the name leads; may be changed while it runs.

    Attributes:
        asked: how often it was asked for IPv4 addresses.
    """

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def target(self, port: int) -> str:
        """The address for clients: a name at this server, and the port of those behind it."""
        return f"dns://127.0.0.1:{self._socket.getsockname()[1]}/models.test:{port}"

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                query, client = self._socket.recvfrom(4096)
                if not query:
                    return
                self._socket.sendto(self._reply(query), client)

    def _reply(self, query: bytes) -> bytes:
        end = query.index(b"\0", 12) + 5  # the name, then two bytes each for type and class
        kind = struct.unpack(">H", query[end - 4 : end - 2])[0]
        found = self.addresses if kind == A else ()
        self.asked += kind == A
        head = query[:2] + struct.pack(">5H", NO_ERROR, 1, len(found), 0, 0)
        records = [struct.pack(">HHHIH", 0xC00C, A, 1, 0, 4) + socket.inet_aton(address) for address in found]
        return head + query[12:end] + b"".join(records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()
