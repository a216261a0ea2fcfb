"""Reads the model config file again and again, and lets the server follow it."""

import logging
import threading
from pathlib import Path

from aoi_modules.errors import AoiError
from aoi_modules.serving import model_config
from aoi_modules.serving.flags import Flags
from aoi_modules.serving.lifecycle.versions import Versions

log = logging.getLogger(__name__)


class ConfigPoll:
    """A thread that reads the file of --model_config_file every so many seconds; none when the flags want none.

    A file that cannot be used changes nothing; the log says why, once. Like the original, each look applies what the
    file says, so a config that was sent by gRPC meanwhile holds until the next one.

    Args:
        flags: which file, and how often.
        versions: the models that follow it.
    """

    def __init__(self, flags: Flags, versions: Versions) -> None:
        self._path = Path(flags.model_config_file)
        self._seconds = flags.model_config_file_poll_wait_seconds if flags.model_config_file else 0.0
        self._versions = versions
        self._stopped = threading.Event()
        self._trouble = ""

    def start(self) -> None:
        if self._seconds > 0:
            threading.Thread(target=self._poll, name="watch-config", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def look(self) -> None:
        """Reads the file and follows it."""
        try:
            self._versions.configure(model_config.read(self._path, self._versions.names()))
        except AoiError as error:
            if error.message != self._trouble:  # every look would say it again
                log.error("the new model config is not followed: %s", error.message)
            self._trouble = error.message
        else:
            self._trouble = ""

    def _poll(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self.look()
            except Exception:  # a fault of ours must not end the thread unnoticed
                log.exception("the look at the model config failed")
