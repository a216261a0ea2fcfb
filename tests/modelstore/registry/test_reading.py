"""A file of a version is read no further than it should be, and is what the version says."""

from pathlib import Path

import pytest

from aoi_modules.errors import ChecksumError, RegistryError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.labelling import retire
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.reading import content
from aoi_modules.object_store.interface import Objects
from tests.modelstore.registry.servables import write_version


def test_a_file_is_what_the_version_says(objects: Objects, tmp_path: Path) -> None:
    folder = write_version(tmp_path, "tile", 3)
    pushed = push(objects, folder, who="me")
    assert content(objects, pushed, layout.MANIFEST_FILE) == (folder / layout.MANIFEST_FILE).read_bytes()
    key = addresses.file_key("tile", pushed.upload, layout.MANIFEST_FILE)
    for other in (b"{}", bytes(5_000_000)):
        objects.put(key, other)
        with pytest.raises(ChecksumError, match=r"manifest\.json is damaged and was not used"):
            content(objects, pushed, layout.MANIFEST_FILE)
    objects.delete([key])
    with pytest.raises(RegistryError, match=r"manifest\.json is missing, which version 3 of tile needs"):
        content(objects, pushed, layout.MANIFEST_FILE)
    retire(objects, "tile", 3, who="me")
    with pytest.raises(RegistryError, match="version 3 of tile is retired, and its files were swept"):
        content(objects, pushed, layout.MANIFEST_FILE)
