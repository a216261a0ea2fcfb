"""Lines on their way from the files of processes to a store, in a thread beside them.

Processes write their files and know nothing of it, so no answer waits for it. Where the store is away the files have
the lines, and their followers go on where they were: none is lost, and none is kept in memory.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from aoi_modules.closing import Closing
from aoi_modules.errors import LogStoreError
from aoi_modules.log_store import lines
from aoi_modules.log_store.following import Follower
from aoi_modules.log_store.lines import Line
from aoi_modules.log_store.victoria import LogStore, Refused
from aoi_modules.progress import Say

EVERY_SECONDS = 0.5
AWAY_SECONDS = 2.0
"""Until the next try where the store is away."""
LAST_SECONDS = 3.0
"""For what is left at the end."""


class Shipper(Closing):
    """Follows files and pushes their lines until it is closed; then what is left.

    Args:
        store: takes the lines.
        say: is told, from another thread, that the store is away, and that it is there again.
    """

    def __init__(self, store: LogStore, say: Say) -> None:
        self._store, self._say = store, say
        self._files: list[tuple[Follower, str, str]] = []
        self._away = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log shipper", daemon=True)
        self._thread.start()

    def follow(self, path: Path, service: str, instance: str) -> None:
        """Takes the lines of a file, too.

        Args:
            path: of the file, which may come later.
            service: that writes it.
            instance: of the service.
        """
        self._files = [*self._files, (Follower(path), service, instance)]

    def close(self) -> None:
        """Pushes what was written before, as far as the store takes it within `LAST_SECONDS`."""
        self._over.set()
        self._thread.join(LAST_SECONDS + 1)
        self._store.close()

    def _run(self) -> None:
        while not self._over.wait(AWAY_SECONDS if self._away else EVERY_SECONDS):
            self._round()
        end = time.monotonic() + LAST_SECONDS
        while self._round() and time.monotonic() < end:
            pass

    def _round(self) -> bool:
        """Pushes what is there, up to some amount of each file; whether something was pushed."""
        files = self._files  # others may come meanwhile
        try:
            found = [line for one in files for line in _lines_of(*one)]
        except OSError as error:
            self._tell(f"a log cannot be read: {error}; its lines are sent later", away=True)
            return False
        if not found:
            return False
        try:
            self._store.push(found)
        except Refused as error:  # the same lines would be refused for ever, and those behind them would wait
            self._say(f"{error.message}; {len(found)} lines are in their files alone")
        except LogStoreError as error:
            self._tell(f"{error.message}; the lines stay in their files and are sent later", away=True)
            return False
        for file, _, _ in files:
            file.keep()
        self._tell("the log store takes lines again", away=False)
        return True

    def _tell(self, words: str, *, away: bool) -> None:
        if away != self._away:
            self._away = away
            self._say(words)


def _lines_of(file: Follower, service: str, instance: str) -> Iterator[Line]:
    for text in file.lines():
        yield lines.read(text, service, instance, time.time_ns())
