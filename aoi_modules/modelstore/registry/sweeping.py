"""What nobody needs any more, and by and by goes: what pushes left that did not come to their end, and, where that is
wished, the files of versions that were retired long ago.

A push and a sweep may meet at one upload. The sweep says first which one it looks at, and then reads whether a version
needs it; a push makes its version visible first, and then looks whether a sweep was there (`pushing`). So at least one
of them sees the other.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.catalogue import Model
from aoi_modules.modelstore.registry.records import Version
from aoi_modules.object_store.interface import Entry, Objects
from aoi_modules.object_store.parallel import side_by_side

AGE = timedelta(hours=24)
"""A younger upload may belong to a push that is still under way."""


@dataclass(frozen=True)
class Gone:
    """Files that went, or would go.

    Args:
        what: they belonged to: `version 3 of tile, retired 2026-11-01`.
        files: how many.
        size: in bytes.
    """

    what: str
    files: int
    size: int


@dataclass(frozen=True)
class Swept:
    """What a sweep did.

    Args:
        gone: what went, or would go.
        problems: what could not be read or deleted, in sentences. All else was done.
    """

    gone: tuple[Gone, ...]
    problems: tuple[str, ...]


def sweep(objects: Objects, age: timedelta = AGE, *, retired_age: timedelta | None = None, dry: bool = False) -> Swept:
    """Deletes uploads that were begun long ago and that no version needs, and files of versions retired long ago.

    A version keeps its number and what is said about it; its files are what goes. One that a label names keeps them.

    Args:
        objects: of the registry, by whose own clock ages count.
        age: of uploads, at least.
        retired_age: since a version was retired, at least; None keeps the files of all.
        dry: delete nothing.

    Raises:
        RegistryAway: the registry does not answer.
    """
    return _Sweep(objects, dry).run(age, retired_age)


class _Sweep:
    """One sweep. It is made for one call of `run`."""

    def __init__(self, objects: Objects, dry: bool) -> None:
        self._objects = objects
        self._dry = dry
        self._gone: list[Gone] = []
        self._problems: list[str] = []

    def run(self, age: timedelta, retired_age: timedelta | None) -> Swept:
        """Does it."""
        now = self._objects.now()
        if not self._dry:
            self._try(lambda: self._objects.forget_half_written(now - age))
        for entry in self._old(addresses.PENDING, now - age):
            self._try(partial(self._unfinished, entry))
        self._delete([entry.key for entry in self._old(addresses.PROBES, now - age)])
        # A mark is young while its sweep is under way, whatever age of uploads was wished.
        self._delete([entry.key for entry in self._old(addresses.SWEEPING, now - AGE)])
        if retired_age is not None:
            self._retired(now - retired_age)
        return Swept(tuple(self._gone), tuple(dict.fromkeys(self._problems)))

    def _old(self, prefix: str, before: datetime) -> list[Entry]:
        return [entry for entry in self._objects.listed(prefix) if entry.changed <= before]

    def _try(self, act: Callable[[], None]) -> None:
        """Does something whose failure holds up nothing else, unless the registry answers nothing at all."""
        found = catalogue.asked(self._objects, act)
        if isinstance(found, RegistryError):
            self._problems.append(found.message)

    def _delete(self, keys: Sequence[str]) -> None:
        if keys and not self._dry:
            self._try(lambda: self._objects.delete(keys))

    def _unfinished(self, note: Entry) -> None:
        """Deletes an upload and the note of it; of one that became a version the note alone."""
        found = addresses.pending(note.key)
        if found is None:
            return
        name, upload = found
        mark = addresses.sweeping_key(name, upload)
        if not self._dry:
            self._objects.create(mark, b'{"format": 1}')  # before it is read who needs it: see above
        if upload not in {version.upload for version in self._versions(name)}:
            files = list(self._objects.listed(addresses.file_key(name, upload)))
            if not self._dry:
                self._objects.delete([file.key for file in files])
            self._add(f"an unfinished push of {name}, begun {note.changed:%Y-%m-%d %H:%M} UTC", files)
        if not self._dry:
            self._objects.delete([note.key])  # late, so that a kill leaves the note
            self._objects.delete([mark])

    def _versions(self, name: str) -> list[Version]:
        """All versions of a model.

        Raises:
            RegistryError: one cannot be read, so nobody knows which files it needs.
        """
        numbers = catalogue.numbers(self._objects, name)
        return side_by_side(lambda number: catalogue.version(self._objects, name, number), numbers)

    def _retired(self, before: datetime) -> None:
        """Deletes the files of versions that were retired so long ago."""
        old: dict[str, dict[int, datetime]] = defaultdict(dict)
        for entry in self._old(addresses.RETIRED, before):
            if (key := addresses.numbered(entry.key)) is not None:
                old[key[0]][key[1]] = entry.changed
        for model in catalogue.models(self._objects):
            if model.name in old:
                self._try(partial(self._retired_of, model, old[model.name]))

    def _retired_of(self, model: Model, since: Mapping[int, datetime]) -> None:
        files: dict[str, list[Entry]] = defaultdict(list)
        below = f"{addresses.UPLOADS}{model.name}/"
        for entry in self._objects.listed(below):
            files[entry.key.removeprefix(below).partition("/")[0]].append(entry)
        versions = self._versions(model.name)
        labelled = {*catalogue.labels(self._objects, [model])[model.name].values()}
        kept = {one.upload for one in versions if one.version not in since or one.version in labelled}
        for version in versions:
            if version.version in since and version.version not in labelled and version.upload not in kept:
                self._forget(version, since[version.version], files.pop(version.upload, []))

    def _forget(self, version: Version, since: datetime, files: Sequence[Entry]) -> None:
        if not files:  # an earlier sweep took them
            return
        if not self._dry:
            self._objects.delete([file.key for file in files])
        self._add(f"version {version.version} of {version.name}, retired {since:%Y-%m-%d %H:%M} UTC", files)

    def _add(self, what: str, files: Sequence[Entry]) -> None:
        self._gone.append(Gone(what, len(files), sum(file.size for file in files)))
