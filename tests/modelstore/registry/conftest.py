from collections.abc import Iterator

import pytest

from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.object_store.interface import Objects


@pytest.fixture
def objects(place: str) -> Iterator[Objects]:
    """An empty registry, in a folder and in a bucket."""
    store = open_registry(place)
    yield store
    store.close()
