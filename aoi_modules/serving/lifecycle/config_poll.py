"""Reads the model config file again and again, and lets the server follow it."""

import logging
import threading
from pathlib import Path

from aoi_modules.errors import AoiError
from aoi_modules.serving import model_config
from aoi_modules.serving.lifecycle.versions import Versions

log = logging.getLogger(__name__)


class ConfigPoll:
    """A thread that reads a model config file every so many seconds.

    A file that cannot be used changes nothing; the log says why, once. Like the original, each poll applies what the
    file says, so a config that was sent by gRPC meanwhile holds until the next one.

    Args:
        path: the file.
        seconds: between two polls; 0 never polls.
        versions: the models that follow it.
    """

    def __init__(self, path: Path, seconds: float, versions: Versions) -> None:
        self._path = path
        self._seconds = seconds
        self._versions = versions
        self._stopped = threading.Event()
        self._trouble = ""

    def start(self) -> None:
        """Starts the thread, if there is to be one."""
        if self._seconds > 0:
            threading.Thread(target=self._watch, name="watch-config", daemon=True).start()

    def stop(self) -> None:
        """Ends the thread at its next poll."""
        self._stopped.set()

    def poll(self) -> None:
        """Reads the file and follows it."""
        try:
            self._versions.configure(model_config.read(self._path, self._versions.names()))
        except AoiError as error:
            if error.message != self._trouble:  # every poll would say it again
                log.error("the new model config is not followed: %s", error.message)
            self._trouble = error.message
        else:
            self._trouble = ""

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self.poll()
            except Exception:  # a fault of ours must not end the thread unnoticed
                log.exception("the look at the model config failed")
