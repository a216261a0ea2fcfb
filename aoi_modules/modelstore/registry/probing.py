"""Whether a place keeps to conditional writes. One that does not would give two pushes the same number."""

import json
import uuid
from contextlib import suppress

from aoi_modules.errors import RegistryAway, RegistryError
from aoi_modules.modelstore.registry import addresses
from aoi_modules.object_store.interface import NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side

_AT_ONCE = 3


def probe(objects: Objects) -> None:
    """Writes to one key several times, one after the other and at once. What came out is noted, and not tried again.

    Raises:
        RegistryError: more than one of them was told to be the first, or what the first wrote is gone.
        RegistryAway: the place takes nothing at all.
    """
    noted = addresses.probed_key(objects.name)
    if _is_there(objects, noted):
        return
    key = f"{addresses.PROBES}{uuid.uuid4().hex}.json"
    contents = [json.dumps(number).encode() for number in range(_AT_ONCE)]
    try:
        first = side_by_side(lambda content: objects.create(key, content), contents)
        later = objects.create(key, b"later")
        kept = objects.get(key)
    except NoSuchObject:
        raise _refused(objects, "an object that was written is not there") from None
    finally:
        with suppress(RegistryAway):  # what stays here goes with a sweep, which tells why it cannot
            objects.delete([key])
    if sum(first) != 1 or later or kept != contents[first.index(True)]:
        raise _refused(objects, "an object was written over that had to stay")
    objects.create(noted, b'{"format": 1}')


def _is_there(objects: Objects, key: str) -> bool:
    try:
        objects.get(key)
    except NoSuchObject:
        return False
    return True


def _refused(objects: Objects, why: str) -> RegistryError:
    return RegistryError(
        f"the registry {objects.name} does not keep to conditional writes: {why}",
        hint="name a server that honours If-None-Match, such as SeaweedFS 4, MinIO or Amazon S3, or a folder",
    )
