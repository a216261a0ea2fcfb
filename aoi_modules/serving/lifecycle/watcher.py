"""The thread that watches one model: polls its base path, loads and unloads, and waits for the next poll."""

import logging
import math
import threading
import time

from aoi_modules.serving.lifecycle.stream import Stream

log = logging.getLogger(__name__)


class Watcher:
    """Calls a stream's `step` again and again, so that no model waits for another.

    Args:
        stream: the model.
        poll_seconds: between two polls of its base path; 0 polls only when it is told to.

    Attributes:
        stream: the model.
    """

    def __init__(self, stream: Stream, poll_seconds: float) -> None:
        self.stream = stream
        self._poll_seconds = poll_seconds
        self._wanted = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name=f"watch-{stream.model.name}", daemon=True)

    def start(self) -> None:
        """Starts the thread, which polls at once."""
        self._thread.start()

    def poll(self) -> None:
        """Polls now, without waiting for the next time."""
        self._wanted.set()

    def stop(self) -> None:
        """Ends the thread after its present step."""
        self._stopped = True
        self._wanted.set()

    def join(self, seconds: float) -> bool:
        """Waits for the thread to end; False if it is still loading."""
        if self._thread.is_alive():
            self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _watch(self) -> None:
        while not self._stopped:
            self._wanted.clear()
            self._wanted.wait(self._pause(self._step()))
        if self.stream.dropped:
            self.stream.close()

    def _step(self) -> float:
        try:
            return self.stream.step(time.monotonic())
        except Exception:  # a fault of ours in one model's thread must not end its life cycle unnoticed
            log.exception("model %s: the look at its versions failed", self.stream.model.name)
            self.stream.end_poll()
            return math.inf

    def _pause(self, due: float) -> float | None:
        """Seconds until the next poll; None for as long as nobody asks for one."""
        pause = max(0.0, due - time.monotonic())
        if self._poll_seconds > 0 and not self.stream.dropped:
            return min(pause, self._poll_seconds)
        return None if pause == math.inf else pause
