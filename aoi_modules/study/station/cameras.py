"""Cameras that send pictures without a pause, and write down each answer."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests

from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError

SECONDS = 10.0
"""How long a camera waits for an answer."""
PAUSE = 0.03
NO_ANSWER = 0
"""Status of a request that got no answer at all."""


@dataclass(frozen=True)
class CameraAnswer:
    """What a camera saw.

    Args:
        component: that it takes pictures of.
        sent: when the picture was sent, in seconds since the cameras began.
        seconds: until the answer.
        status: of HTTP; NO_ANSWER if the connection broke.
    """

    component: str
    sent: float
    seconds: float
    status: int


class Cameras(Closing):
    """One camera for each component, in a thread of its own; a context manager that stops them.

    Args:
        url: of the gateway.
        pictures: of each component, encoded; a camera sends the same one again and again.

    Attributes:
        answers: all answers so far, in the order in which they came.
    """

    def __init__(self, url: str, pictures: Mapping[str, bytes]) -> None:
        self.answers: list[CameraAnswer] = []
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(f"{url}/v1/inspect/{component}", component, picture), daemon=True)
            for component, picture in pictures.items()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def now(self) -> float:
        """Seconds since the cameras began."""
        return time.monotonic() - self._began

    def wait_for(self, component: str, status: int, *, seconds: float = SECONDS) -> float:
        """Waits until an answer with this status comes to a picture that is sent from now on.

        Returns:
            When that picture was sent, in seconds since the cameras began.

        Raises:
            CourseError: none came in time.
        """
        since = self.now
        while self.now < since + seconds:
            for answer in list(self.answers):
                if answer.component == component and answer.status == status and answer.sent >= since:
                    return answer.sent
            time.sleep(0.02)
        raise CourseError(f"{component}: no answer {status} within {seconds:g} s")

    def close(self) -> None:
        """Stops the cameras, after the answers that are under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * SECONDS)

    def _work(self, url: str, component: str, picture: bytes) -> None:
        with requests.Session() as session:
            session.trust_env = False  # a proxy meant for the web does not know this machine's ports
            while not self._stop.is_set():
                sent = self.now
                try:
                    status = session.post(url, data=picture, timeout=SECONDS).status_code
                except requests.RequestException:  # which is what a camera sees of it
                    status = NO_ANSWER
                self.answers.append(CameraAnswer(component, sent, self.now - sent, status))
                self._stop.wait(PAUSE)
