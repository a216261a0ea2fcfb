"""A folder into which pictures are dropped: each is inspected once, whatever ends the program, and none is lost."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aoi_modules.client.folder_station import FolderStation, Naming, Part, Result
from aoi_modules.errors import RpcError, Unreachable
from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.verdict import Verdict

TILE = Naming("tile")


class Gateway:
    """Passes everything, but for what a test says; and remembers what it was asked."""

    def __init__(self, trouble: RpcError | None = None) -> None:
        self.trouble = trouble
        self.asked: list[tuple[Part, bytes]] = []
        self.keys: list[str] = []

    def __call__(self, part: Part, picture: bytes, key: str) -> Inspection:
        self.asked.append((part, picture))
        self.keys.append(key)
        if self.trouble is not None:
            raise self.trouble
        model = ModelVersion(name="tile", version=1)
        return Inspection(component=part.component, verdict=Verdict.PASS, model=model, heads=())


def station(folder: Path, ask: Callable[[Part, bytes, str], Inspection], naming: Naming = TILE) -> FolderStation:
    return FolderStation(folder, naming, ask, settle_seconds=0)


def inspect_all(found: FolderStation) -> list[Result]:
    results = [found.inspect(path) for path in found.resting()]
    return [result for result in results if result is not None]


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_are_inspected_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    for age, name in enumerate(("c.png", "a.png", "b.jpg")):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, (1000 + age, 1000 + age))
    gateway = Gateway()
    results = inspect_all(station(tmp_path, gateway))
    assert [result.file for result in results] == ["c.png", "a.png", "b.jpg"]
    assert [picture for _, picture in gateway.asked] == [b"c.png", b"a.png", b"b.jpg"]
    assert names(tmp_path) == sorted(
        f"done/{name}{end}" for name in ("a.png", "b.jpg", "c.png") for end in ("", ".json")
    )
    written = json.loads((tmp_path / "done" / "a.png.json").read_text())
    assert (written["file"], written["component"], written["inspection"]["verdict"]) == ("a.png", "tile", "PASS")


def test_a_file_that_still_grows_is_not_read(tmp_path: Path) -> None:
    gateway = Gateway()
    found = FolderStation(tmp_path, TILE, gateway, settle_seconds=0.05)
    file = tmp_path / "a.png"
    for length in range(1, 4):
        file.write_bytes(bytes(length))
        os.utime(file, (length, length))
        assert found.resting() == []
        time.sleep(0.06)
    assert found.resting() == [file], "it has not changed since"
    assert found.waiting == 1


def test_a_file_that_is_taken_away_again_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"a")
    found = station(tmp_path, Gateway())
    (path,) = found.resting()
    path.unlink()
    assert found.inspect(path) is None
    assert names(tmp_path) == []


def test_what_is_no_picture_of_a_part_stays(tmp_path: Path) -> None:
    for name in ("notes.txt", ".hidden.png", "a.png.part", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub.png").mkdir()
    assert station(tmp_path, Gateway()).resting() == []


def test_a_refusal_goes_aside_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    (result,) = inspect_all(station(tmp_path, Gateway(RpcError("INVALID_ARGUMENT", "no picture that is read"))))
    assert (result.inspection, result.refusal) == (None, "no picture that is read")
    assert names(tmp_path) == ["refused/a.png", "refused/a.png.json"]


@pytest.mark.parametrize("trouble", [Unreachable("away"), RpcError("UNAVAILABLE", "busy"), RpcError("UNKNOWN", "?")])
def test_while_the_gateway_cannot_answer_the_file_stays(tmp_path: Path, trouble: RpcError) -> None:
    (tmp_path / "a.png").write_bytes(b"a")
    gateway = Gateway(trouble)
    found = station(tmp_path, gateway)
    with pytest.raises(RpcError):
        inspect_all(found)
    assert names(tmp_path) == ["a.png"]
    gateway.trouble = None
    assert len(inspect_all(found)) == 1


def test_a_program_that_ended_before_it_moved_the_file_does_not_ask_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(b"a")
    with monkeypatch.context() as patch:
        whole = Path.replace

        def ends(path: Path, target: Path) -> Path:
            if path.name == "a.png":
                raise KeyboardInterrupt
            return whole(path, target)

        patch.setattr(Path, "replace", ends)
        with pytest.raises(KeyboardInterrupt):
            inspect_all(station(tmp_path, Gateway()))
    assert names(tmp_path) == ["a.png", "done/a.png.json"]
    gateway = Gateway()
    (result,) = inspect_all(station(tmp_path, gateway))
    assert (result.inspection and result.inspection.verdict, gateway.asked) == (Verdict.PASS, [])
    assert names(tmp_path) == ["done/a.png", "done/a.png.json"]


def test_a_file_of_somebody_else_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "a.png.json").write_text("notes")
    (tmp_path / "a.png").write_bytes(b"a")
    assert len(inspect_all(station(tmp_path, Gateway()))) == 1
    assert (tmp_path / "done" / "a.png.json").read_text() == "notes"
    assert len(names(tmp_path)) == 3


def test_another_picture_of_the_same_name_takes_nobodys_place(tmp_path: Path) -> None:
    gateway = Gateway()
    found = station(tmp_path, gateway)
    for content in (b"first", b"second"):
        (tmp_path / "a.png").write_bytes(content)
        inspect_all(found)
    assert [picture for _, picture in gateway.asked] == [b"first", b"second"]
    contents = {path.read_bytes() for path in (tmp_path / "done").glob("*.png")}
    assert contents == {b"first", b"second"}
    assert len(list((tmp_path / "done").glob("*.json"))) == 2


def test_names_tell_unit_and_component(tmp_path: Path) -> None:
    naming = Naming(None, re.compile(r"(?P<unit>[^_]+)_(?P<component>[a-z]+)(?:_(?P<position>\w+))?\.png"))
    for name in ("SN1_tile.png", "SN2_magnet_top.png", "other.png"):
        (tmp_path / name).write_bytes(name.encode())
    gateway = Gateway()
    results = {result.file: result for result in inspect_all(station(tmp_path, gateway, naming))}
    assert sorted(gateway.asked, key=lambda asked: asked[1]) == [
        (Part("tile", "SN1"), b"SN1_tile.png"),
        (Part("magnet", "SN2", "top"), b"SN2_magnet_top.png"),
    ]
    assert results["other.png"].refusal == "its name does not fit the pattern"


@pytest.mark.parametrize(
    ("component", "pattern"), [(None, None), (None, "(?P<unit>.*)"), ("tile", "(?P<component>.*)")], ids=str
)
def test_there_has_to_be_one_way_to_know_the_component(component: str | None, pattern: str | None) -> None:
    with pytest.raises(ValueError, match="component: expected either one for all files"):
        Naming(component, re.compile(pattern) if pattern else None)


def test_a_file_that_is_sent_again_has_its_key_and_every_other_file_another(tmp_path: Path) -> None:
    gateway = Gateway(RpcError("UNAVAILABLE", "away"))
    (tmp_path / "a.png").write_bytes(b"same")
    (tmp_path / "b.png").write_bytes(b"same")
    os.utime(tmp_path / "b.png", ns=(1, 1))
    found = station(tmp_path, gateway)
    for _ in range(2):
        for path in (tmp_path / "a.png", tmp_path / "b.png"):
            with pytest.raises(RpcError):
                found.inspect(path)
    first, second, *again = gateway.keys
    assert first != second
    assert again == [first, second]
