"""What pushes left that did not come to their end. Nobody sees it, and by and by it goes."""

from datetime import timedelta

from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.object_store.interface import Entry, Objects
from aoi_modules.object_store.parallel import side_by_side

AGE = timedelta(hours=24)
"""A younger upload may belong to a push that is still under way."""


def sweep(objects: Objects, age: timedelta = AGE) -> int:
    """Deletes uploads that were begun so long ago, by the registry's own clock, and that no version needs.

    Returns:
        How many uploads went.

    Raises:
        RegistryAway: the registry does not answer, or the key may not delete.
    """
    before = objects.now() - age
    objects.forget_half_written(before)
    old = [entry for entry in objects.listed(addresses.PENDING) if entry.changed <= before]
    return sum(_swept(objects, entry) for entry in old)


def _swept(objects: Objects, entry: Entry) -> bool:
    """Deletes an upload and the note of it; of one that became a version the note alone."""
    found = addresses.pending(entry.key)
    if found is None:
        return False
    name, upload = found
    left = upload not in _needed(objects, name)
    if left:
        objects.delete([file.key for file in objects.listed(addresses.file_key(name, upload))])
    objects.delete([entry.key])  # last, so that a kill leaves the note
    return left


def _needed(objects: Objects, name: str) -> set[str]:
    """The uploads of all versions of a model."""
    numbers = catalogue.numbers(objects, name)
    return {one.upload for one in side_by_side(lambda number: catalogue.version(objects, name, number), numbers)}
