"""How versions leave the folder: first out of the sight of servers, then from the disk."""

import shutil
from collections.abc import Container
from pathlib import Path

from aoi_modules.errors import StoreError
from aoi_modules.machine import disk
from aoi_modules.modelstore.registry.pulling import INCOMING

LEAVING = ".leaving-"
"""What the name of a folder begins with that is being deleted."""


def remove(folder: Path) -> None:
    """Deletes a version's folder; a kill leaves one that no server looks at, for `clear`.

    Raises:
        StoreError: the system does not let it go.
    """
    leaving = folder.with_name(f"{LEAVING}{folder.name}")
    try:
        if leaving.exists():
            shutil.rmtree(leaving)
        if folder.exists():
            folder.rename(leaving)
            shutil.rmtree(leaving)
    except OSError as error:
        raise StoreError(disk.trouble(error, folder, "cannot be deleted"), hint=disk.way_out(error)) from None


def clear(models: Path, coming: Container[tuple[str, int]]) -> list[str]:
    """Deletes what a kill left half deleted, and half of versions that are no longer to come.

    Args:
        models: the folder of all models.
        coming: models and versions that may still be brought, of which half may be here.

    Returns:
        What the system does not let go, a sentence each. All else went.
    """
    stayed = []
    for folder in sorted([*models.glob(f"*/{LEAVING}*"), *models.glob(f"*/{INCOMING}*")]):
        number = folder.name.removeprefix(INCOMING).partition("-")[0]
        if number.isdecimal() and (folder.parent.name, int(number)) in coming:
            continue
        try:
            shutil.rmtree(folder)
        except OSError as error:
            stayed.append(disk.trouble(error, folder, "cannot be deleted"))
    return stayed
