"""One part of the line: a process, what it does, where it is reached, and whether it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from aoi_modules.child_process import Child
from aoi_modules.errors import AoiError

LOG_LINES = 12
"""Of a part that ended, as many as a screen shows beside the rest."""
_SECONDS = 2.0
_PLAIN = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Part:
    """A part that was started.

    Args:
        name: as logs and tables call it.
        does: what it is for, in words.
        where: how others reach it: a URL, an address or a folder.
        child: its process.
        ready: whether it can be used.
    """

    name: str
    does: str
    where: str
    child: Child
    ready: Callable[[], bool]

    def ended(self) -> AoiError:
        """What to raise when it has ended, with its last words."""
        code, log = self.child.exit_code, self.child.log_file
        said = self.child.log_tail(LOG_LINES)
        return AoiError(
            f"the {self.name} ended with exit code {code}. The end of {log}:\n{said}",
            hint="all other parts were stopped; what was inspected is kept, and the next start goes on with it",
        )


def is_there(path: Path) -> Callable[[], bool]:
    """Ready as soon as a file is there."""
    return path.is_file


def answers(url: str) -> Callable[[], bool]:
    """Ready as soon as a GET is answered with 200."""

    def ready() -> bool:
        try:
            with _PLAIN.open(url, timeout=_SECONDS) as answer:
                return bool(answer.status == 200)
        except OSError:  # not yet, or it says that it is not
            return False

    return ready
