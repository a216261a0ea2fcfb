"""HTTP connections that are kept for later calls, each used by one thread at a time."""

import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from aoi_modules.client.retries import LOST_SECONDS
from aoi_modules.client.tls import Tls

_SOCKET_OPTIONS: list[tuple[int, int, int]] = [*HTTPConnection.default_socket_options]
if sys.platform == "linux":  # a machine that lost its power says nothing
    _SOCKET_OPTIONS.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(LOST_SECONDS * 1000)))
IDLE_SECONDS = 30.0
"""A connection that was idle for longer is not used again: a server closes it at some moment, ours after 75 s, and a
request that is on its way then gets no answer."""


class Sessions:
    """As many connections as there were calls at once; the one that was used last is used first.

    A kept connection that the server closed meanwhile is noticed by urllib3 before it is used again. Each stays with
    one address of a name, the first that took it: calls by REST do not go round several servers, those by gRPC do.

    Args:
        tls: whom to trust, and what to show.
        clock: gives seconds.
    """

    def __init__(self, tls: Tls | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tls = tls
        self._clock = clock
        self._idle: deque[tuple[requests.Session, float]] = deque()
        """Each with the moment since which it is idle; the newest last."""
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[requests.Session]:
        """Gives a connection for one call. After an error it is not used again."""
        session = self._take()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        self._idle.append((session, self._clock()))
        if self._closed:
            self.close()

    def close(self) -> None:
        """Ends all connections that are idle, and the others when their calls end."""
        self._closed = True
        while self._idle:
            self._idle.pop()[0].close()

    def _take(self) -> requests.Session:
        try:
            session, since = self._idle.pop()
        except IndexError:
            return self._new()
        if self._clock() - since <= IDLE_SECONDS:
            return session
        session.close()
        return self._take()  # the others are idle for longer; they are closed on the way

    def _new(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # a proxy meant for the web breaks calls inside the plant
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter())
        if self._tls is not None:
            if self._tls.root_certificates is not None:
                session.verify = str(self._tls.root_certificates)
            if self._tls.client_certificate is not None and self._tls.client_key is not None:
                session.cert = (str(self._tls.client_certificate), str(self._tls.client_key))
        return session


class _Adapter(HTTPAdapter):
    """Opens connections with socket options of ours."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, socket_options=_SOCKET_OPTIONS, **more)
