"""What a sync remembers between its rounds and over its ends, in a file beside the models."""

from pathlib import Path
from typing import Self

import msgspec

from aoi_modules.errors import StoreError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole

FILE = ".sync.json"


class Seen(msgspec.Struct, frozen=True):
    """A move of a label: its number, the version it points to, None where the label was taken away; whether somebody
    trusted signed it."""

    number: int
    version: int | None
    trusted: bool = False


class Memory(msgspec.Struct):
    """What it remembers, by model. Taken away, it is found again: versions that are here are compared once more.

    Args:
        installed: versions that are here, with the SHA-256 of the file of their checksums; empty of one that is to be
            compared with the registry's before it is trusted.
        configured: since when each version stands in the config, in seconds of the epoch.
        unwanted: since when each version does not.
        moves: the last move of each label.
        trusted: versions that somebody trusted signed, those that left too.
        hidden: versions that somebody trusted hid.
    """

    installed: dict[str, dict[int, str]] = {}
    configured: dict[str, dict[int, float]] = {}
    unwanted: dict[str, dict[int, float]] = {}
    moves: dict[str, dict[str, Seen]] = {}
    trusted: dict[str, list[int]] = {}
    hidden: dict[str, list[int]] = {}

    @classmethod
    def read(cls, models: Path) -> Self:
        """Reads it from the folder of the models; a new one where there is none.

        Raises:
            StoreError: there is one, and it cannot be read. To begin anew would forget which labels were seen, and
                an older one would be followed.
        """
        path = models / FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreError(
                f"{path}: damaged, so nobody knows which labels were seen here, and nothing is changed: {error}",
                hint=f"look where labels point to (aoi registry show), then move {path} away to begin anew",
            ) from None
        except OSError as error:
            raise StoreError(disk.trouble(error, path, "cannot be read"), hint=disk.way_out(error)) from None

    def write(self, models: Path) -> None:
        """Writes it, whole or not at all.

        Raises:
            StoreError: it cannot be written.
        """
        path = models / FILE
        try:
            write_whole(path, self.to_json())
        except OSError as error:
            raise StoreError(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None

    def to_json(self) -> bytes:
        """As the file holds it."""
        return msgspec.json.encode(self)
