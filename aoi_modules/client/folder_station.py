"""The station of a line whose machine drops picture files into a folder: each is inspected once, and none is lost.

The folder is looked at again and again, because a machine often writes to it over a network, where a system tells
nobody of new files. A picture is asked about when its file rests: size and time were the same in two looks. Then its
result is written beside its new place, and at last the picture is moved there. So whatever ends the program, a picture
that is still in the folder has no result, or the very result that it would get again.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from aoi_modules.datasets.clutter import clutter, is_picture
from aoi_modules.errors import RpcError
from aoi_modules.judging.inspection import Inspection
from aoi_modules.machine.whole_file import write_whole

DONE, REFUSED = "done", "refused"
SETTLE_SECONDS = 0.5
"""So long a file has to rest before it is read."""
REFUSALS = ("INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED")
"""Answers that are about the picture or its name: asking again would bring the same."""


@dataclass(frozen=True)
class Part:
    """What is known of a picture before it is asked about."""

    component: str
    unit: str | None = None
    position: str | None = None
    lot: str | None = None


class Naming:
    """Reads from a file's name which component it shows, and of which unit, position and lot.

    Args:
        component: of all files; None: the pattern has a group of that name.
        pattern: a regular expression for the whole name, with some of the groups `component`, `unit`, `position` and
            `lot`.

    Raises:
        ValueError: there is no way to know the component, or two.
    """

    def __init__(self, component: str | None, pattern: re.Pattern[str] | None = None) -> None:
        groups = set(pattern.groupindex) if pattern is not None else set()
        if (component is None) != ("component" in groups):
            raise ValueError(
                "component: expected either one for all files, or a group (?P<component>...) in the pattern"
            )
        self._component = component
        self._pattern = pattern

    def part(self, path: Path) -> Part | None:
        """What the name says; None where the pattern does not fit it."""
        if self._pattern is None:
            return Part(self._component or "")
        found = self._pattern.fullmatch(path.name)
        if found is None:
            return None
        said = found.groupdict()
        where = {name: said.get(name) for name in ("unit", "position", "lot")}
        return Part(self._component or said["component"], **where)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file; written beside it as JSON."""

    file: str
    sha256: str
    component: str | None
    unit: str | None
    inspection: Inspection | None = None
    refusal: str = ""
    """Why there is no verdict; else empty."""


@dataclass
class FolderStation:
    """One folder into which pictures are dropped.

    Args:
        folder: the folder; what lies deeper is not looked at.
        naming: what the names say.
        ask: the gateway's verdict of an encoded picture; raises RpcError. Its last argument is the same when a file is
            sent again, and another for every other file.
        settle_seconds: how long a file has to rest.
    """

    folder: Path
    naming: Naming
    ask: Callable[[Part, bytes, str], Inspection]
    settle_seconds: float = SETTLE_SECONDS
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)
    """Size and time of each file, and since when they are the same."""

    def resting(self) -> list[Path]:
        """The files to be inspected now, in the order in which they were written.

        Raises:
            OSError: the folder cannot be read.
        """
        now, found = time.monotonic(), {}
        for path, size, written in self._pictures():
            state = size, written
            before = self._seen.get(path)
            found[path] = before if before is not None and before[0] == state else (state, now)
        self._seen = found
        rested = [path for path, (_, since) in found.items() if now - since >= self.settle_seconds]
        return sorted(rested, key=lambda path: (found[path][0][1], path.name))

    @property
    def waiting(self) -> int:
        """How many files lay in the folder at the last look."""
        return len(self._seen)

    def inspect(self, path: Path) -> Result | None:
        """Inspects one file and moves it, with its result, to `done` or `refused`; None if it is gone meanwhile.

        Raises:
            RpcError: nobody can give a verdict now; the file stays where it is.
            OSError: the file cannot be read or moved, or the result not be written.
        """
        self._seen.pop(path, None)
        try:
            written = path.stat().st_mtime_ns
            content = path.read_bytes()
        except FileNotFoundError:  # who dropped it has taken it away
            return None
        digest = hashlib.sha256(content).hexdigest()
        known = self._known(path, digest)
        if known is not None:
            place, result = known
        else:
            result = self._asked(path, content, digest, f"{digest[:32]}-{written}")
            place = self._place(result, path.name)
            write_whole(_result_file(place), msgspec.json.encode(result))
        path.replace(place)
        return result

    def _pictures(self) -> Iterator[tuple[Path, int, int]]:
        """The picture files, with size and time."""
        with os.scandir(self.folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if not is_picture(path) or clutter(path, is_folder=False) or not entry.is_file():
                    continue
                try:
                    found = entry.stat()
                except FileNotFoundError:  # it was renamed meanwhile
                    continue
                yield path, found.st_size, found.st_mtime_ns

    def _asked(self, path: Path, content: bytes, digest: str, key: str) -> Result:
        part = self.naming.part(path)
        if part is None:
            return _refused(path, digest, None, "its name does not fit the pattern")
        try:
            inspection = self.ask(part, content, key)
        except RpcError as error:
            if error.code not in REFUSALS:
                raise
            return _refused(path, digest, part, error.message)
        return Result(file=path.name, sha256=digest, component=part.component, unit=part.unit, inspection=inspection)

    def _known(self, path: Path, digest: str) -> tuple[Path, Result] | None:
        """Place and result that were written before the program ended, just before the file would have been moved."""
        for place in self._places(path.name, digest, DONE, REFUSED):
            if place.exists() or not _result_file(place).is_file():
                continue
            try:
                result = msgspec.json.decode(_result_file(place).read_bytes(), type=Result)
            except msgspec.DecodeError:  # a file of somebody else, which keeps its name
                continue
            if (result.file, result.sha256) == (path.name, digest):
                return place, result
        return None

    def _place(self, result: Result, name: str) -> Path:
        """Where the file goes: to the first place of which neither picture nor result is taken, else to the last."""
        *others, last = self._places(name, result.sha256, REFUSED if result.refusal else DONE)
        return next((one for one in others if not one.exists() and not _result_file(one).exists()), last)

    def _places(self, name: str, digest: str, *folders: str) -> list[Path]:
        """Where a file may go: a name that is taken by another picture gets the first digits of the checksum."""
        path = Path(name)
        names = (name, f"{path.stem}.{digest[:12]}{path.suffix}")
        return [self.folder / folder / one for folder in folders for one in names]


def _result_file(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")


def _refused(path: Path, digest: str, part: Part | None, why: str) -> Result:
    component, unit = (part.component, part.unit) if part is not None else (None, None)
    return Result(file=path.name, sha256=digest, component=component, unit=unit, refusal=why)
