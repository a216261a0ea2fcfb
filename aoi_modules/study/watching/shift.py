"""A shift of a small line: cameras send pictures, first all is well, then one fault comes after another."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import requests

from aoi_modules.closing import Closing
from aoi_modules.study.watching.faults import Lamp, dimmed, injected
from aoi_modules.study.watching.small_line import SmallLine

NORMAL = "before"
"""The moment at which all is well."""
PAUSE_SECONDS = 0.1
"""Between two pictures of a camera."""
TIMEOUT_SECONDS = 30.0
REST_SECONDS = 0.5
"""Between two faults."""
BEFORE_SECONDS = 2.0
"""By which the stretch in which all is well is longer: its window is to be full from its beginning."""
SETTLE_SECONDS = 2.0
"""At the end: what happened last is scraped by then."""


@dataclass(frozen=True)
class Shift:
    """When something was so, in seconds of the epoch.

    Args:
        begun: when the cameras began.
        moments: begin and end of each stretch, by its name: `before`, then a letter for each fault.
        faults: what was wrong, by letter.
        units: names of the parts that were sent.
    """

    begun: float
    moments: Mapping[str, tuple[float, float]]
    faults: Mapping[str, str]
    units: int = 0

    @property
    def ended(self) -> float:
        """The end of the last stretch."""
        return max(end for _, end in self.moments.values())


class Cameras(Closing):
    """A camera for each component, each in a thread of its own; a context manager that stops them.

    Args:
        url: of the gateway.
        pictures: of each component, encoded; they are sent in turns.
        lamp: above the parts.
    """

    def __init__(self, url: str, pictures: Mapping[str, Sequence[bytes]], lamp: Lamp) -> None:
        self.sent = 0
        self._lamp, self._over = lamp, threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(f"{url}/v1/inspect/{name}", name, shots), daemon=True)
            for name, shots in pictures.items()
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Takes no further picture, and waits for the last answer."""
        self._over.set()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS)

    def _work(self, url: str, component: str, shots: Sequence[bytes]) -> None:
        session = requests.Session()
        session.trust_env = False
        both = [(shot, dimmed(shot)) for shot in shots]
        for number, (bright, dark) in enumerate(cycle(both)):
            if self._over.wait(PAUSE_SECONDS):
                return
            body = dark if self._lamp.dim else bright
            headers = {"Content-Type": "image/png", "X-Request-Id": f"{component}-{number:04}"}
            try:
                session.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS)
            except requests.RequestException:  # what became of it is what metrics and logs tell
                continue
            self.sent += 1


def run_shift(line: SmallLine, pictures: Mapping[str, Sequence[bytes]], faults: Sequence[str], seconds: float) -> Shift:
    """Runs a shift, in which each stretch takes so many seconds.

    Args:
        line: of the shift.
        pictures: encoded, of each component of the line.
        faults: in the order in which they come; the first is called A.
        seconds: of each stretch.
    """
    lamp, begun = Lamp(), time.time()
    moments: dict[str, tuple[float, float]] = {}
    letters = dict(zip("ABCDEFGH", faults, strict=False))
    with Cameras(line.url, pictures, lamp) as cameras:
        time.sleep(seconds + BEFORE_SECONDS)
        moments[NORMAL] = (begun, time.time())
        for letter, fault in letters.items():
            time.sleep(REST_SECONDS)
            with injected(fault, line, lamp):
                since = time.time()
                time.sleep(seconds)
                moments[letter] = (since, time.time())
    time.sleep(SETTLE_SECONDS)
    return Shift(begun, moments, letters, cameras.sent)
