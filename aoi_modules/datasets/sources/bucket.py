"""Pictures in a bucket of S3, brought once into a folder of the cache.

What is there, of the size and with the tag that the bucket lists, is not asked for again; what the bucket has no more
goes. A cut connection or a kill costs the object that was on its way, and nothing else.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from aoi_modules.datasets.sources.lock import alone
from aoi_modules.errors import AoiError, DataError
from aoi_modules.machine import disk
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.interface import Entry, NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side
from aoi_modules.object_store.place import BucketPlace, read_place
from aoi_modules.object_store.relative_path import stays_below
from aoi_modules.progress import Advance, progress

FOLDER = "buckets"
"""Of the cache."""
TRIES = 3
"""How often is asked again for what is missing, before that is told."""
PAUSE_SECONDS = 1.0
_WAIT_FOR_OTHERS = 600.0


@dataclass(frozen=True)
class Brought:
    """Pictures of a bucket that are here now.

    Args:
        folder: that holds them, by their names below the prefix.
        address: as it was given.
        objects: how many there are.
        asked: how many of them were asked for just now.
    """

    folder: Path
    address: str
    objects: int
    asked: int


class _Note(msgspec.Struct, frozen=True):
    """A line of the list of what came: an object's name, the bucket's tag of it, and when its file was written."""

    key: str
    tag: str
    written: int


def is_address(where: str) -> bool:
    """Whether this names a bucket, and no folder."""
    return "://" in where


def bring(where: str, cache_dir: Path) -> Brought:
    """Brings all objects below a prefix into the cache.

    Args:
        where: `s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME`; keys come from where boto3 finds them.
        cache_dir: of this machine.

    Raises:
        DataError: it is no such address, the bucket does not let us in or is not there, nothing is below the prefix, an
            object's name is no path, the disk has too little room, or the connection was cut again and again.
        MissingExtra: boto3 is not installed.
    """
    place = read_place(where, "directory", DataError)
    if not isinstance(place, BucketPlace):
        raise DataError(f"directory: expected s3://BUCKET/PREFIX. Received: {where!r}")
    root = cache_dir / FOLDER / hashlib.sha256(place.name.encode()).hexdigest()[:16]
    folder = root / (place.prefix.rstrip("/").rpartition("/")[2] or place.bucket)
    objects = Bucket(place, what="the bucket", away=DataError, extra="registry")
    try:
        with alone(root / "lock", _WAIT_FOR_OTHERS):
            listed = _listed(objects)
            return Brought(folder, where, len(listed), _Bringing(objects, folder, root / "came.jsonl").all(listed))
    except OSError as error:
        raise DataError(disk.trouble(error, folder, "cannot be used"), hint=disk.way_out(error)) from None
    finally:
        objects.close()


def _listed(objects: Objects) -> dict[str, Entry]:
    """The objects by their names. Those that end in `/` are how consoles show a folder, and hold nothing."""
    found = {entry.key: entry for entry in objects.listed("") if not (entry.key.endswith("/") or entry.key == "")}
    if not found:
        raise DataError(
            f"{objects.name}: expected pictures as CLASS/NAME.png. Received: no object below this prefix",
            hint="look at the bucket and the prefix",
        )
    for key in found:
        if not stays_below(key):
            raise DataError(
                f"{objects.name}: {key!r}: no name that a file of a folder can have",
                hint="give the object another name",
            )
        if above := next((str(one) for one in Path(key).parents if str(one) in found), None):
            raise DataError(
                f"{objects.name}: {above!r} is an object, and {key!r} lies below it; no folder can hold both",
                hint="give one of them another name",
            )
    return found


class _Bringing:
    """The work for one prefix; who makes it holds the lock."""

    def __init__(self, objects: Objects, folder: Path, notes: Path) -> None:
        self._objects = objects
        self._folder = folder
        self._notes = notes
        self._coming = notes.with_name("coming")
        self._away: AoiError | None = None

    def all(self, listed: Mapping[str, Entry]) -> int:
        """Brings what is missing, and returns how many that were."""
        came = self._read_notes()
        shutil.rmtree(self._coming, ignore_errors=True)
        self._coming.mkdir(parents=True)
        self._drop_others(listed)
        missing = [entry for entry in listed.values() if not self._is_here(entry, came.get(entry.key))]
        needed = sum(entry.size for entry in missing)
        if lacking := disk.lacking(self._folder, needed):
            raise DataError(f"{self._folder}: no room for the pictures of {self._objects.name}: {lacking}")
        left = missing
        with progress("download", needed) as advance:
            for turn in range(TRIES):
                self._away = None
                outcomes = side_by_side(partial(self._tried, advance), left)
                failed = [(entry, why) for entry, why in zip(left, outcomes, strict=True) if why is not None]
                left = [entry for entry, _ in failed]
                if not left:
                    return len(missing)
                if turn < TRIES - 1:
                    time.sleep(PAUSE_SECONDS)
        why = failed[0][1]
        raise DataError(
            f"{why.message}; {len(listed) - len(left)} of {len(listed)} objects are here",
            hint=why.hint or "start the same command again; it asks for the others alone",
        )

    def _tried(self, advance: Advance, entry: Entry) -> AoiError | None:
        if self._away is not None:  # it would be waited for again and again
            return self._away
        try:
            self._bring(entry)
        except AoiError as error:
            self._away = self._unanswered()
            return error
        advance(entry.size)
        return None

    def _unanswered(self) -> AoiError | None:
        """Why the bucket answers nothing at all any more, if it does not."""
        try:
            for _ in self._objects.listed(""):
                break
        except AoiError as error:
            return error
        return None

    def _bring(self, entry: Entry) -> None:
        """Brings one object; its file has its name once it is whole."""
        target = self._folder / entry.key
        half = self._coming / hashlib.sha256(entry.key.encode()).hexdigest()
        size = 0
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with half.open("wb") as file:
                for chunk in self._objects.chunks(entry.key):
                    size += len(chunk)
                    if size > entry.size:
                        break
                    file.write(chunk)
            if size != entry.size:
                raise DataError(f"{self._objects.name}: {entry.key} changed while it came", hint="start it again")
            half.replace(target)
        except NoSuchObject:
            raise DataError(f"{self._objects.name}: {entry.key} went while it came", hint="start it again") from None
        except OSError as error:
            said = disk.trouble(error, target, "cannot be written", needed=entry.size)
            raise DataError(said, hint=disk.way_out(error)) from None
        finally:
            half.unlink(missing_ok=True)
        self._note(_Note(entry.key, entry.tag, target.stat().st_mtime_ns))

    def _is_here(self, entry: Entry, note: _Note | None) -> bool:
        """Whether the file is the one that was written when this very object came."""
        try:
            status = (self._folder / entry.key).stat()
        except OSError:  # then it is asked for, and what is wrong with the place is told there
            return False
        return note is not None and (note.tag, note.written, entry.size) == (
            entry.tag,
            status.st_mtime_ns,
            status.st_size,
        )

    def _drop_others(self, listed: Mapping[str, Entry]) -> None:
        """Deletes what the bucket has no more."""
        for path in sorted(self._folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(self._folder).as_posix() not in listed:
                path.unlink()

    def _read_notes(self) -> dict[str, _Note]:
        """What came; a line that a kill left half counts for nothing."""
        found = {}
        if self._notes.is_file():
            for line in self._notes.read_bytes().split(b"\n"):
                try:
                    note = msgspec.json.decode(line, type=_Note)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
                found[note.key] = note
        return found

    def _note(self, note: _Note) -> None:
        """Adds a line in one write, so that threads do not mix theirs. The empty line before it ends a half one."""
        descriptor = os.open(self._notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, b"\n" + msgspec.json.encode(note) + b"\n")
        finally:
            os.close(descriptor)
