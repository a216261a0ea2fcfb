"""All parts of the line that were started: they become ready, they are watched, and they end in order."""

import time
from collections.abc import Callable, Sequence

from aoi_modules.child_process import STOP_SECONDS, Child
from aoi_modules.closing import Closing
from aoi_modules.errors import AoiError
from aoi_modules.line.part import Part

READY_SECONDS = 120.0
_POLL_SECONDS = 0.05


class Parts(Closing):
    """Parts in the order in which they were started; a context manager that ends the last ones first."""

    def __init__(self) -> None:
        self._stages: list[tuple[list[Part], Closing | None]] = []

    @property
    def all(self) -> list[Part]:
        """Every part, the first one first."""
        return [part for stage, _ in self._stages for part in stage]

    def stage(self, behind: Closing | None = None) -> None:
        """Begins a stage: what is started from here on ends before what is there already, and all of it together.

        Args:
            behind: is closed when this stage has ended, and before the earlier ones end.
        """
        self._stages.append(([], behind))

    def add(self, part: Part) -> None:
        """Takes a part that was started just now."""
        self._stages[-1][0].append(part)

    def check(self) -> None:
        """Looks whether all run.

        Raises:
            AoiError: one has ended; with the end of its log.
        """
        for part in self.all:
            if not part.child.running():
                raise part.ended()

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Waits until something is ready.

        Raises:
            AoiError: a part ended meanwhile, or it took too long.
        """
        end = time.monotonic() + READY_SECONDS
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise AoiError(f"{what}: not ready within {READY_SECONDS:g} s", hint="its log says what it does")
            time.sleep(_POLL_SECONDS)

    def wait_for_all(self) -> None:
        """Waits until every part is ready.

        Raises:
            AoiError: see `wait`.
        """
        for part in self.all:
            self.wait(part.ready, f"the {part.name} ({part.child.log_file})")

    def close(self) -> None:
        """Ends all of them; the parts of a stage side by side."""
        for stage, behind in reversed(self._stages):
            _end([part.child for part in stage])
            if behind is not None:
                behind.close()


def _end(children: Sequence[Child]) -> None:
    """Asks all to stop, once: told twice, a gateway drops what is under way. Kills those that do not in time."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait_or_kill(max(end - time.monotonic(), 0.1))
        child.close()
