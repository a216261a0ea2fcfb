"""An ASGI application at work: on a free port of this machine, in a thread of this process."""

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any

from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError
from aoi_modules.web_server import WebServer, listening_socket

START_SECONDS = 10.0
STOP_SECONDS = 2
"""How long answers under way may take once it is told to stop."""


class ServedApp(Closing):
    """Serves an application of Starlette, or of what is built on it; a context manager that stops it.

    Args:
        app: the application.

    Attributes:
        url: `http://127.0.0.1:PORT`.
        faults: what its handlers raised and nobody caught, in order; each was answered with 500.

    Raises:
        CourseError: it did not start.
    """

    def __init__(self, app: Any) -> None:
        self.faults: list[Exception] = []
        self._listener = listening_socket("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._listening = threading.Event()
        self._server = WebServer(
            _Watched(app, self.faults),
            http="httptools",
            lifespan="on",
            grace_seconds=STOP_SECONDS,
            announce=self._listening.set,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._started():
            self.close()
            raise CourseError(f"the application did not start{self._reason()}", hint="is it an app of Starlette?")

    def close(self) -> None:
        """Stops it, after the answers that are under way."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        with suppress(SystemExit):  # uvicorn's way to say that the application could not start
            asyncio.run(self._server.serve([self._listener]))

    def _started(self) -> bool:
        """Waits until it listens, or has ended without."""
        until = time.monotonic() + START_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            if self._listening.wait(0.02):
                return True
        return False

    def _reason(self) -> str:
        return f": {type(self.faults[0]).__name__}: {self.faults[0]}" if self.faults else ""


class _Watched:
    """An application whose faults are kept; it has answered 500 before one arrives here."""

    def __init__(self, app: Any, faults: list[Exception]) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as fault:  # the lesson's reader sees it as a hint, not as a stack trace in the log
            self._faults.append(fault)
            if scope["type"] == "lifespan":  # it could not start, and the server has to know
                raise
