"""One file of a version that is read without being kept: no further than its size, and compared."""

import hashlib

from aoi_modules.errors import ChecksumError, RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.records import Version
from aoi_modules.object_store.interface import NoSuchObject, Objects


def content(objects: Objects, version: Version, path: str) -> bytes:
    """Reads a file of a version.

    Raises:
        RegistryError: it is missing.
        ChecksumError: it is not what the version says.
    """
    wanted = version.files[path]
    key = addresses.file_key(version.name, version.upload, path)
    found = b""
    try:
        for chunk in objects.chunks(key):
            found += chunk
            if len(found) > wanted.size:
                break
    except NoSuchObject:
        raise missing(objects, version, path) from None
    if (digest := hashlib.sha256(found).hexdigest()) != wanted.sha256:
        raise ChecksumError(f"{objects.name}: {key}", expected=wanted.sha256, found=digest, repair=_again(version))
    return found


def missing(objects: Objects, version: Version, path: str) -> RegistryError:
    """Says why a file of a version is not there, as far as that is known."""
    name = f"version {version.version} of {version.name}"
    if catalogue.retirement(objects, version.name, version.version) is not None:
        return RegistryError(f"{name} is retired, and its files were swept", hint=f"aoi registry list {version.name}")
    key = addresses.file_key(version.name, version.upload, path)
    return RegistryError(f"{objects.name}: {key} is missing, which {name} needs", hint=_again(version))


def _again(version: Version) -> str:
    return f"push another version of {version.name}"
