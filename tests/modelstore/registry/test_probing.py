"""A place that does not keep to conditional writes is refused at the first push."""

from pathlib import Path

import pytest

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.probing import probe
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.object_store.interface import Objects
from tests.modelstore.registry.old_s3 import old_server
from tests.modelstore.registry.servables import write_version
from tests.seaweedfs import NEED, SeaweedFS


def test_a_place_is_probed_once_and_nothing_is_left(objects: Objects) -> None:
    probe(objects)
    assert [entry.key for entry in objects.listed("")] == [addresses.probed_key(objects.name)]
    probe(objects)
    assert [entry.key for entry in objects.listed("")] == [addresses.probed_key(objects.name)]


@NEED[0]
@NEED[1]
def test_a_server_without_conditional_writes_is_refused(
    seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in seaweedfs.keys.items():
        monkeypatch.setenv(name, value)
    with old_server() as url:
        objects = open_registry(url)
        with pytest.raises(
            RegistryError, match=r"does not keep to conditional writes: an object was written over"
        ) as no:
            push(objects, write_version(tmp_path), who="me")
        assert "SeaweedFS" in no.value.hint
        objects.close()
