"""What pushes left goes by its age, and what a version needs stays; files of retired versions go where it is wished."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import RegistryAway, RegistryError
from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.registry import addresses, catalogue, pushing
from aoi_modules.modelstore.registry.labelling import label, retire
from aoi_modules.modelstore.registry.pulling import pull
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.records import Version
from aoi_modules.modelstore.registry.sweeping import Swept, sweep
from aoi_modules.object_store.interface import Objects
from tests.modelstore.registry.servables import write_version

LEFT = "0" * 31 + "1"


def test_left_uploads_go_when_they_are_old(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path, "tile", 3), who="me")
    objects.put(addresses.pending_key("tile", LEFT), b"{}")
    objects.put(addresses.file_key("tile", LEFT, "saved_model.pb"), b"half")
    objects.put(addresses.pending_key("tile", pushed.upload), b"{}")  # it was killed just before it took that away
    objects.put("pending/notes.txt", b"mine")
    assert sweep(objects) == Swept((), ())
    assert len(sweep(objects, timedelta(0)).gone) == 1
    assert {entry.key.split("/")[2] for entry in objects.listed(addresses.UPLOADS)} == {pushed.upload}
    assert [entry.key for entry in objects.listed(addresses.PENDING)] == ["pending/notes.txt"]
    version_dir.verify(pull(objects, pushed, tmp_path / "there"))


def test_an_upload_of_which_the_note_alone_was_written_goes(objects: Objects, tmp_path: Path) -> None:
    objects.put(addresses.pending_key("house", LEFT), b"{}")
    assert len(sweep(objects, timedelta(0)).gone) == 1
    assert sweep(objects, timedelta(0)) == Swept((), ())


def uploads(objects: Objects) -> set[str]:
    return {entry.key.split("/")[2] for entry in objects.listed(addresses.UPLOADS)}


NOW = timedelta(0)


def test_files_of_versions_retired_long_ago_go_and_nothing_else(objects: Objects, tmp_path: Path) -> None:
    folder = write_version(tmp_path, "tile", 1)
    pushed = [push(objects, folder, who="me") for _ in range(4)]
    label(objects, "tile", "stable", 3, who="me")
    for number in (1, 2):
        retire(objects, "tile", number, who="me")
    # somebody retired by hand what a label names
    objects.put(addresses.retired_key("tile", 3), objects.get(addresses.retired_key("tile", 2)))
    assert sweep(objects, retired_age=timedelta(days=1)) == Swept((), ())  # retired just now
    assert sweep(objects) == Swept((), ())
    dry = sweep(objects, retired_age=NOW, dry=True)
    assert uploads(objects) == {one.upload for one in pushed}
    done = sweep(objects, retired_age=NOW)
    assert done == dry
    assert [(one.what.partition(",")[0], one.files) for one in done.gone] == [
        ("version 1 of tile", len(pushed[0].files)),
        ("version 2 of tile", len(pushed[1].files)),
    ]
    assert [one.size for one in done.gone] == [pushed[0].size, pushed[1].size]
    assert uploads(objects) == {pushed[2].upload, pushed[3].upload}
    assert sweep(objects, retired_age=NOW) == Swept((), ())
    assert catalogue.numbers(objects, "tile") == [1, 2, 3, 4]  # no number is given twice
    with pytest.raises(RegistryError, match="version 2 of tile is retired, and its files were swept"):
        pull(objects, pushed[1], tmp_path / "there")
    version_dir.verify(pull(objects, pushed[2], tmp_path / "there"))
    version_dir.verify(pull(objects, pushed[3], tmp_path / "there"))


def test_files_that_another_version_needs_stay(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path, "tile", 1), who="me")
    other = Version(name="tile", version=2, upload=pushed.upload, files=pushed.files, time=pushed.time, who="somebody")
    objects.put(addresses.version_key("tile", 2), other.to_json())
    retire(objects, "tile", 2, who="somebody")
    assert sweep(objects, retired_age=NOW) == Swept((), ())
    version_dir.verify(pull(objects, pushed, tmp_path / "there"))


@pytest.mark.parametrize("unread", ["labels/tile/canary/1.json", "versions/tile/7.json"])
def test_where_something_cannot_be_read_all_files_of_that_model_stay(
    objects: Objects, tmp_path: Path, unread: str
) -> None:
    kept, went = (push(objects, write_version(tmp_path, name, 1), who="me") for name in ("tile", "pcb"))
    for name in ("tile", "pcb"):
        retire(objects, name, 1, who="me")
    objects.put(unread, b"nothing of ours")
    objects.put(addresses.pending_key("house", LEFT), b"{}")
    done = sweep(objects, NOW, retired_age=NOW)
    assert [one.what.partition(",")[0] for one in done.gone] == ["an unfinished push of house", "version 1 of pcb"]
    (problem,) = done.problems
    assert unread in problem
    assert uploads(objects) == {kept.upload}
    assert went.upload != kept.upload


def test_a_pull_of_what_is_swept_meanwhile_is_told_and_leaves_nothing_visible(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path, "tile", 1, size=20_000_000), who="me")
    retire(objects, "tile", 1, who="me")
    swept = threading.Event()

    def going() -> None:
        if not swept.is_set():
            swept.set()
            sweep(objects, retired_age=NOW)

    try:
        version_dir.verify(pull(objects, pushed, tmp_path / "there", going))  # a folder gives on what is open
    except RegistryError:
        assert version_dir.versions(tmp_path / "there" / "tile") == []
    assert not uploads(objects)


@pytest.mark.parametrize("moment", ["before", "behind"])
def test_a_push_that_a_sweep_takes_for_left_over_is_told(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    create = type(objects).create
    reached: list[Swept] = []

    def swept_then(self: Objects, key: str, content: bytes) -> bool:
        made = moment == "behind" and create(self, key, content)
        if key == addresses.version_key("tile", 1) and not reached:
            reached.append(sweep(self, NOW))
        return made or create(self, key, content)

    monkeypatch.setattr(type(objects), "create", swept_then)
    folder = write_version(tmp_path, "tile", 1)
    if moment == "before":  # the files had arrived, and the version was not visible yet
        with pytest.raises(RegistryAway, match="did not arrive"):
            push(objects, folder, who="me")
        assert catalogue.numbers(objects, "tile") == []
    else:
        version_dir.verify(pull(objects, push(objects, folder, who="me"), tmp_path / "there"))
    (done,) = reached
    assert len(done.gone) == (moment == "before")
    assert not list(objects.listed(addresses.PENDING))
    assert not list(objects.listed(addresses.SWEEPING))


def test_a_push_waits_for_a_sweep_that_looks_at_it(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "_SWEEP_SECONDS", 0.3)
    create = type(objects).create
    marks = []

    def marked_then(self: Objects, key: str, content: bytes) -> bool:
        if key == addresses.version_key("tile", 1):  # of a sweep that is killed right behind it
            (note,) = self.listed(addresses.PENDING)
            marks.append(addresses.sweeping_key(*(addresses.pending(note.key) or ("", ""))))
            create(self, marks[0], b"{}")
        return create(self, key, content)

    monkeypatch.setattr(type(objects), "create", marked_then)
    version_dir.verify(pull(objects, push(objects, write_version(tmp_path, "tile", 1), who="me"), tmp_path / "there"))
    assert [entry.key for entry in objects.listed(addresses.SWEEPING)] == marks
    sweep(objects, NOW)
    assert [entry.key for entry in objects.listed(addresses.SWEEPING)] == marks  # it is young
