"""How a version gets into a registry: its files first, then the one object that makes it visible."""

import hashlib
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aoi_modules.errors import RegistryAway, RegistryError, StoreError
from aoi_modules.modelstore import layout, signatures, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.catalogue import numbers
from aoi_modules.modelstore.registry.numbering import renumbered
from aoi_modules.modelstore.registry.probing import probe
from aoi_modules.modelstore.registry.records import StoredFile, Version
from aoi_modules.modelstore.registry.signing import Signer
from aoi_modules.object_store.interface import NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side
from aoi_modules.object_store.relative_path import stays_below

_SWEEP_SECONDS = 60.0
"""That a sweep may take to look at one upload."""
_PAUSE = 0.1
_TRIES = 50
"""Others that may claim a number first, one after the other, before a push gives up."""


def push(objects: Objects, folder: Path, *, who: str, signer: Signer | None = None) -> Version:
    """Puts a version folder into a registry. It is visible when this returns, and not before.

    It keeps its number where that is greater than all in the registry; else it gets the next one, also inside of it.
    Files without a checksum stay behind.

    Args:
        objects: of the registry.
        folder: of the version.
        who: pushes it.
        signer: signs its name, number and checksums; may be nobody.

    Raises:
        StoreError, ChecksumError, ModelError: the folder holds no whole servable of ours.
        RegistryError: the registry does not keep to conditional writes.
        RegistryAway: it takes nothing. What was visible before is as it was.
    """
    manifest = _checked(folder)
    probe(objects)
    name, upload = version_dir.check_name(manifest.component), uuid.uuid4().hex
    files = _files(folder)
    objects.create(addresses.pending_key(name, upload), b'{"format": 1}')
    side_by_side(lambda path: objects.send(addresses.file_key(name, upload, path), folder / path), files)
    record = _claimed(objects, folder, manifest, upload, files, who, signer)
    _check_not_swept(objects, record)
    with suppress(RegistryAway):  # the version is there all the same, and a sweep takes the note
        objects.delete([addresses.pending_key(name, upload)])
    return record


def _checked(folder: Path) -> Manifest:
    """Looks at all of it before anything is uploaded."""
    manifest = manifests.read(folder)
    version_dir.verify(folder)
    signatures.check(signatures.read(folder), manifest, folder)
    return manifest


def _files(folder: Path) -> dict[str, StoredFile]:
    """The files with their checksums, which were compared just now."""
    named = version_dir.sums(folder)
    named[layout.SUMS_FILE] = version_dir.file_sha256(folder / layout.SUMS_FILE)
    bad = [path for path in named if not stays_below(path)]
    if bad:
        raise StoreError(f"{folder / layout.SUMS_FILE}: expected files of this folder. Received: {', '.join(bad)}")
    return {path: StoredFile(sha256=old, size=(folder / path).stat().st_size) for path, old in named.items()}


def _claimed(
    objects: Objects,
    folder: Path,
    manifest: Manifest,
    upload: str,
    files: Mapping[str, StoredFile],
    who: str,
    signer: Signer | None,
) -> Version:
    """Claims a number by the object that makes the version visible; somebody else may be faster, again and again."""
    name = manifest.component
    for _ in range(_TRIES):
        taken = max(numbers(objects, name), default=0)
        number = manifest.version if manifest.version > taken else taken + 1
        changed = renumbered(folder, manifest, number)
        for path, content in changed.items():
            objects.put(addresses.file_key(name, upload, path), content)
        ours = {
            path: StoredFile(sha256=hashlib.sha256(changed[path]).hexdigest(), size=len(changed[path]))
            if path in changed
            else file
            for path, file in files.items()
        }
        _check_arrived(objects, name, upload, ours)
        record = Version(name=name, version=number, upload=upload, files=ours, time=datetime.now(UTC), who=who)
        if objects.create(addresses.version_key(name, number), record.to_json(signer)):
            return record
    raise RegistryError(f"{name}: {_TRIES} others claimed a number first, one after the other", hint="push it again")


def _check_not_swept(objects: Objects, record: Version) -> None:
    """Makes sure that no sweep took the files for left over just when the version became visible; see `sweeping`.

    The mark is looked for before the note, since a sweep takes the note away before its mark.
    """
    name, upload = record.name, record.upload
    mark, note = addresses.sweeping_key(name, upload), addresses.pending_key(name, upload)
    end = time.monotonic() + _SWEEP_SECONDS
    met = False
    while _is_there(objects, mark) and time.monotonic() < end:
        met = True
        time.sleep(_PAUSE)
    if not met and _is_there(objects, note):
        return
    try:
        _check_arrived(objects, name, upload, record.files)
    except RegistryAway:
        objects.delete([addresses.version_key(name, record.version)])  # nobody can have it: files are missing
        raise


def _is_there(objects: Objects, key: str) -> bool:
    try:
        objects.get(key)
    except NoSuchObject:
        return False
    return True


def _check_arrived(objects: Objects, name: str, upload: str, files: Mapping[str, StoredFile]) -> None:
    """Makes sure that the place has all files; a sweep that took this one for left over is noticed here."""
    prefix = addresses.file_key(name, upload)
    found = {entry.key.removeprefix(prefix): entry.size for entry in objects.listed(prefix)}
    for path, file in files.items():
        if found.get(path) != file.size:
            there = f"{found[path]} bytes" if path in found else "nothing"
            raise RegistryAway(
                f"the registry {objects.name}: {path} did not arrive: {file.size} bytes sent, {there} there",
                hint="push it again",
            )
