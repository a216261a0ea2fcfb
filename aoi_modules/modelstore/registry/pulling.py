"""How a version gets out of a registry: into a folder that no server looks at, compared, then renamed.

A kill leaves that folder, and the next try goes on with what is right in it.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aoi_modules.errors import ChecksumError, RegistryError, StoreError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import make_folder, sync_folder, sync_folders
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.reading import missing
from aoi_modules.modelstore.registry.records import StoredFile, Version
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.object_store.interface import NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side

INCOMING = ".incoming-"
"""What the name of a folder begins with that is being filled."""
LOCK = ".registry-lock"
"""The file beside the models that one process holds while it fills or empties folders."""
Going = Callable[[], None]
"""Is called again and again while files come, and raises what ends that."""


def pull(objects: Objects, version: Version, models: Path, going: Going = lambda: None) -> Path:
    """Brings a version to `<models>/<name>/<version>/`. Who calls it holds the lock.

    Args:
        objects: of the registry.
        version: as the registry has it.
        models: the folder of all models.
        going: see `Going`.

    Returns:
        The version's folder, which a server may load.

    Raises:
        RegistryAway: the registry does not answer; the next try goes on from there.
        RegistryError: a file is missing in it.
        ChecksumError: a file came damaged twice.
        StoreError: another version of this number is there, or the folder cannot be written.
    """
    final = models / version.name / str(version.version)
    if final.exists():
        check_same(final, version)
        return final
    incoming = final.with_name(f"{INCOMING}{version.version}-{version.upload[:12]}")
    try:
        make_folder(incoming)
        side_by_side(partial(_bring, objects, version, incoming, going), version.files)
        _drop_others(incoming, version)
        sync_folders(incoming)
        incoming.rename(final)
        sync_folder(final.parent)
    except OSError as error:
        said = disk.trouble(error, final, "cannot be written", needed=version.size)
        raise StoreError(said, hint=disk.way_out(error)) from None
    return final


def check_same(folder: Path, version: Version) -> None:
    """Makes sure that a folder holds the version that the registry has, by the file of its checksums.

    Raises:
        StoreError: it holds another one, or none of ours.
    """
    sums = folder / layout.SUMS_FILE
    try:
        same = sums.is_file() and file_sha256(sums) == version.files[layout.SUMS_FILE].sha256
    except OSError as error:
        raise StoreError(disk.trouble(error, sums, "cannot be read"), hint=disk.way_out(error)) from None
    if not same:
        raise StoreError(
            f"{folder}: another version {version.version} of {version.name} than the registry's is there",
            hint="move it away, or name another folder",
        )


def _bring(objects: Objects, version: Version, incoming: Path, going: Going, path: str) -> None:
    """Brings one file, which is on disk on return; what is damaged is asked for once more."""
    wanted, target = version.files[path], incoming / path
    key = addresses.file_key(version.name, version.upload, path)
    if target.is_file() and target.stat().st_size == wanted.size and file_sha256(target) == wanted.sha256:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = _written(objects, key, target, wanted.size, going)
        if found != wanted:
            found = _written(objects, key, target, wanted.size, going)
    except NoSuchObject:
        raise missing(objects, version, path) from None
    if found.size > wanted.size:
        target.unlink()
        raise RegistryError(
            f"{objects.name}: {key} is larger than the {wanted.size} bytes that version {version.version} of"
            f" {version.name} says; the rest was not read",
            hint=f"push another version of {version.name}",
        )
    if found != wanted:
        target.unlink()
        raise ChecksumError(
            f"{objects.name}: {key}",
            expected=wanted.sha256,
            found=found.sha256,
            repair=f"push another version of {version.name}",
        )


def _written(objects: Objects, key: str, target: Path, most: int, going: Going) -> StoredFile:
    """Writes an object to a file; of one that is larger than `most` bytes what came until that was known."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        for chunk in objects.chunks(key):
            going()
            size += len(chunk)
            if size > most:
                break
            file.write(chunk)
            digest.update(chunk)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(sha256=digest.hexdigest(), size=size)


def _drop_others(incoming: Path, version: Version) -> None:
    """Removes what is none of the version's, if somebody put it there."""
    for path in sorted(incoming.rglob("*"), reverse=True):
        name = path.relative_to(incoming).as_posix()
        if path.is_file() and name not in version.files:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
