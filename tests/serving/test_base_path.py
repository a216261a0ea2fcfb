"""Base paths as they are written, and what lies below them."""

from pathlib import Path

import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving import base_path
from aoi_modules.serving.base_path import MAX_VERSION, NO_NUMBER


def model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").touch()
    return folder


def test_a_path_and_its_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert base_path.read("m", "models/tile") == tmp_path / "models/tile"
    assert base_path.read("m", "/models/tile") == base_path.read("m", "file:///models/tile") == Path("/models/tile")


def test_links_stay_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "current").symlink_to("release")
    monkeypatch.chdir(tmp_path)
    assert base_path.read("m", "current") == tmp_path / "current"


@pytest.mark.parametrize("scheme", ["s3", "gs", "hdfs", "https"])
def test_other_storage_is_refused(scheme: str) -> None:
    with pytest.raises(RpcError, match=f"model m: File system scheme '{scheme}' not implemented. Received: ") as caught:
        base_path.read("m", f"{scheme}://bucket/tile")
    assert (caught.value.code, caught.value.hint) == (
        "UNIMPLEMENTED", "copy the versions to a folder, and serve the folder"
    )  # fmt: skip


def test_a_uri_needs_a_path() -> None:
    with pytest.raises(RpcError, match="Expected model m to have an absolute path or URI"):
        base_path.read("m", "file://models/tile")


def test_what_is_no_version_is_named_with_its_reason(tmp_path: Path) -> None:
    for name in ("1.0", "v0.1", "latest", ".staging-2", "99999999999999999999"):
        (tmp_path / name).mkdir()
    (tmp_path / "7").write_text("a file")
    (tmp_path / "8").symlink_to("nowhere")
    (tmp_path / "README.md").touch()
    found = base_path.look(tmp_path)
    assert not found.versions
    assert found.others == {
        "1.0": NO_NUMBER, "v0.1": NO_NUMBER, "latest": NO_NUMBER, "7": "a file, no folder",
        "8": "a link that leads nowhere", "99999999999999999999": f"greater than {MAX_VERSION}",
    }  # fmt: skip
    assert base_path.absence(tmp_path, found) == (
        f"no versions of it below {tmp_path} (7: a file, no folder; 8: a link that leads nowhere; 1.0, latest, v0.1: "
        f"{NO_NUMBER}; 99999999999999999999: greater than {MAX_VERSION})"
    )


def test_of_many_only_some_are_named(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"v{number}").mkdir()
    assert base_path.look(tmp_path).reasons() == f"v0, v1, v2, v3, v4 and 3 more: {NO_NUMBER}"


def test_a_model_that_waits_in_vain_beside_versions(tmp_path: Path) -> None:
    model(tmp_path / "1")
    model(tmp_path / "2.0")
    (tmp_path / "notes").mkdir()
    found = base_path.look(tmp_path)
    assert found.versions == {1: tmp_path / "1"}
    assert found.unserved() == f"2.0: {NO_NUMBER}"


def test_links_to_versions_are_versions(tmp_path: Path) -> None:
    model(tmp_path / "store" / "tile-2026")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "3").symlink_to("../store/tile-2026")
    assert base_path.look(tmp_path / "models").versions == {3: tmp_path / "models" / "3"}


def test_a_model_that_lies_there_itself(tmp_path: Path) -> None:
    version, plain = model(tmp_path / "tile" / "1"), model(tmp_path / "house")
    assert base_path.absence(version, base_path.look(version)).endswith(
        f"is a version itself, of the base path {tmp_path}/tile"
    )
    assert "holds a saved_model.pb itself: put it into a folder below" in base_path.absence(
        plain, base_path.look(plain)
    )


def test_a_folder_that_took_its_place_is_another_one(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    before = base_path.look(folder).folder
    assert base_path.look(folder).folder == before
    folder.rename(tmp_path / "gone")
    folder.mkdir()
    assert base_path.look(folder).folder != before
