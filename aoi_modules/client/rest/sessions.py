"""HTTP connections that are kept for later calls, each used by one thread at a time."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from aoi_modules.client.tls import Tls


class Sessions:
    """As many connections as there were calls at once; the one that was used last is used first.

    A kept connection that the server closed meanwhile is noticed by urllib3 before it is used again. Each stays with
    one address of a name, the first that took it: calls by REST do not go round several servers, those by gRPC do.
    """

    def __init__(self, tls: Tls | None = None) -> None:
        self._tls = tls
        self._idle: deque[requests.Session] = deque()
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
        self._idle.append(session)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Ends all connections that are idle, and the others when their calls end."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> requests.Session:
        try:
            return self._idle.pop()
        except IndexError:
            return self._new()

    def _new(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # a proxy meant for the web breaks calls inside the plant
        if self._tls is not None:
            if self._tls.root_certificates is not None:
                session.verify = str(self._tls.root_certificates)
            if self._tls.client_certificate is not None and self._tls.client_key is not None:
                session.cert = (str(self._tls.client_certificate), str(self._tls.client_key))
        return session
