"""What a store of objects does, whatever it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

CHUNK = 1 << 20
"""Bytes that are read at a time of an object that may be large."""


class NoSuchObject(Exception):
    """There is no object of that key. Whoever asked says what that means."""


@dataclass(frozen=True)
class Entry:
    """An object in a listing.

    Args:
        key: its name, without the prefix of the store.
        size: in bytes.
        changed: when it was written, by the store's own clock, in UTC.
        tag: of its content, which another content does not have; empty where the store gives none.
    """

    key: str
    size: int
    changed: datetime
    tag: str = ""


class Objects(Protocol):
    """A store of objects. Several threads may call its methods at a time; they wait for disk or network.

    Keys are texts such as `labels/tile/stable/3.json`. Each method raises the error that the store was opened with,
    with the reason, where the place takes or gives nothing.
    """

    @property
    def name(self) -> str:
        """The place as people write it, without keys of access."""

    def put(self, key: str, content: bytes) -> None:
        """Keeps an object, whole or not at all, in place of what had the key. On return it outlives a power cut."""

    def send(self, key: str, file: Path) -> None:
        """Does the same with the content of a file."""

    def create(self, key: str, content: bytes) -> bool:
        """Keeps an object if its key is free, in one step that only one of several callers gets done.

        Returns:
            Whether the object is there with this very content now; so an answer that was lost costs nothing.
        """

    def get(self, key: str) -> bytes:
        """Gives an object.

        Raises:
            NoSuchObject: there is none of this key.
        """

    def chunks(self, key: str) -> Iterator[bytes]:
        """Gives an object piece by piece, `CHUNK` bytes at most.

        Raises:
            NoSuchObject: there is none of this key.
        """

    def delete(self, keys: Sequence[str]) -> None:
        """Deletes objects; what is not there is passed over. What stays is told when all others are gone."""

    def listed(self, prefix: str) -> Iterator[Entry]:
        """Lists all objects below a prefix that is empty or ends in `/`, by the order of their keys."""

    def now(self) -> datetime:
        """Tells the time by the clock that stamps objects, in UTC."""

    def forget_half_written(self, before: datetime) -> None:
        """Removes what killed writers left since before then of objects that never came to be."""

    def close(self) -> None:
        """Ends connections."""
