"""What pushes left goes by its age, and what a version needs stays."""

from datetime import timedelta
from pathlib import Path

from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.pulling import pull
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.sweeping import sweep
from aoi_modules.object_store.interface import Objects
from tests.modelstore.registry.servables import write_version

LEFT = "0" * 31 + "1"


def test_left_uploads_go_when_they_are_old(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path, "tile", 3), who="me")
    objects.put(addresses.pending_key("tile", LEFT), b"{}")
    objects.put(addresses.file_key("tile", LEFT, "saved_model.pb"), b"half")
    objects.put(addresses.pending_key("tile", pushed.upload), b"{}")  # it was killed just before it took that away
    objects.put("pending/notes.txt", b"mine")
    assert sweep(objects) == 0
    assert sweep(objects, timedelta(0)) == 1
    assert {entry.key.split("/")[2] for entry in objects.listed(addresses.UPLOADS)} == {pushed.upload}
    assert [entry.key for entry in objects.listed(addresses.PENDING)] == ["pending/notes.txt"]
    version_dir.verify(pull(objects, pushed, tmp_path / "there"))


def test_an_upload_of_which_the_note_alone_was_written_goes(objects: Objects, tmp_path: Path) -> None:
    objects.put(addresses.pending_key("house", LEFT), b"{}")
    assert sweep(objects, timedelta(0)) == 1
    assert sweep(objects, timedelta(0)) == 0
