from pathlib import Path

import pytest

from aoi_modules.client.picture_search import NothingFound, find_pictures


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
