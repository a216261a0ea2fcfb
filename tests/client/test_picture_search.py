from pathlib import Path

import pytest

from aoi_modules.client.picture_search import Note, NothingFound, find_pictures, read_pictures
from aoi_modules.errors import DataError


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    for name in ("b.PNG", "a.jpg", "notes.txt", "deep/c.bmp", "deep/er/d.jpeg"):
        path = tmp_path / "parts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "parts"


def names(folder: Path, *places: str) -> list[str]:
    return [
        str(found.relative_to(folder)) if isinstance(found, Path) else found.reason
        for found in find_pictures(str(folder / place) for place in places)
        if not isinstance(found, Note)
    ]


def test_a_folder_gives_its_pictures_at_any_depth(parts: Path) -> None:
    assert names(parts, "") == ["a.jpg", "b.PNG", "deep/c.bmp", "deep/er/d.jpeg"]


def test_a_file_is_taken_whatever_it_is_called(parts: Path) -> None:
    assert names(parts, "notes.txt", "none.png") == ["notes.txt", "none.png"]


def test_patterns(parts: Path) -> None:
    assert names(parts, "*.jpg") == ["a.jpg"]
    assert names(parts, "**/*.[bj]*") == ["a.jpg", "deep/c.bmp", "deep/er/d.jpeg"]


def test_a_file_with_a_star_in_its_name_is_no_pattern(parts: Path) -> None:
    (parts / "odd[1].png").write_bytes(b"x")
    assert names(parts, "odd[1].png") == ["odd[1].png"]


def test_places_without_pictures_are_told_and_stop_nobody(parts: Path) -> None:
    (parts / "empty").mkdir()
    found = list(find_pictures([str(parts / "empty"), str(parts / "*.gif"), str(parts / "a.jpg")]))
    assert [isinstance(one, NothingFound) for one in found] == [True, True, False]


def test_the_order_is_that_of_the_places(parts: Path) -> None:
    assert names(parts, "deep", "a.jpg", "a.jpg") == ["deep/c.bmp", "deep/er/d.jpeg", "a.jpg", "a.jpg"]


def test_a_folder_is_read_as_training_reads_it_and_the_rest_is_told(parts: Path) -> None:
    for name in ("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "run/model.keras", "run/plots/loss.png", ".hidden.png"):
        (parts / name).parent.mkdir(parents=True, exist_ok=True)
        (parts / name).write_bytes(b"x")
    (parts / "gone.png").symlink_to(parts / "nowhere.png")
    (parts / "more").symlink_to(parts.parent / "more")
    (parts.parent / "more").mkdir()
    (parts.parent / "more" / "e.tif").write_bytes(b"x")  # asked about, and refused by its name
    found = list(find_pictures([str(parts)]))
    assert [path.name for path in found if isinstance(path, Path)] == ["a.jpg", "b.PNG", "c.bmp", "d.jpeg", "e.tif"]
    assert [one for one in found if isinstance(one, NothingFound)] == [
        NothingFound(str(parts / "gone.png"), f"a link to {parts}/nowhere.png, which is not there")
    ]
    assert [one.sentence.removeprefix(f"{parts}: ") for one in found if isinstance(one, Note)] == [
        "passed over: hidden: .hidden.png",
        "passed over: results of a training or an export: run",
        "passed over: thumbnails: @eaDir",
        "passed over: no pictures: notes.txt",
    ]


def test_work_that_needs_every_picture_stops_at_a_lost_one(parts: Path) -> None:
    (parts / "0.png").symlink_to(parts / "nowhere.png")
    for path in [*parts.glob("*.jpg"), *parts.glob("*.PNG"), *parts.rglob("deep/**/*.*")]:
        path.unlink()
    with pytest.raises(DataError, match="no picture in this folder"):
        read_pictures([str(parts)])
