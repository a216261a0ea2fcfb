"""A file that grows: its whole lines, from its beginning, each once."""

from collections.abc import Sequence
from pathlib import Path

MOST_BYTES = 1 << 20
"""Read at once. A longer line is taken in pieces."""


class Follower:
    """Reads on where it was, once what it read before was kept.

    Args:
        path: of the file, which may come later.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept = self._read = 0

    def lines(self) -> Sequence[str]:
        """The whole lines behind those that were kept, without their ends; the same ones until `keep`.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self._kept)
                found = file.read(MOST_BYTES)
        except FileNotFoundError:
            return ()
        whole = found.rfind(b"\n") + 1
        if not whole and len(found) == MOST_BYTES:
            whole = MOST_BYTES
        self._read = self._kept + whole
        return [line for line in found[:whole].decode(errors="replace").split("\n") if line]

    def keep(self) -> None:
        """Goes on behind what `lines` gave last."""
        self._kept = self._read
