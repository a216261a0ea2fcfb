"""Groups by folders and by names."""

from pathlib import Path

import pytest

from aoi_modules.datasets import folder
from aoi_modules.datasets.folder.groups import grouped
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import DataError
from tests.datasets.folder.test_split import place
from tests.datasets.small_parts import picture

BY_FOLDER = Reading(group_by="folder")


def listing(*names: str, group: str | None = None) -> Listing:
    """Rows of `<class>/<subfolder>/<file>`."""
    rows = [
        Row(name, Path(name), name.partition("/")[0], name, group=group, subfolder="/".join(name.split("/")[1:-1]))
        for name in names
    ]
    return Listing(rows)


def groups(found: Listing) -> list[str | None]:
    return [row.group for row in found.rows]


def test_folders_of_one_name_are_one_group_whatever_the_class() -> None:
    found = grouped(listing("good/lot 1/a.png", "bad/lot 1/b.png", "bad/lot 2/c.png", "bad/d.png"), BY_FOLDER)
    assert groups(found) == ["lot 1", "lot 1", "lot 2", None]
    assert found.notes == [
        "1 of 4 pictures stand in no folder below their class, such as bad/d.png: each is a group of its own"
    ]


def test_a_pattern_finds_the_group_in_the_name() -> None:
    names = ("good/board12_1.png", "bad/board12_2.png", "bad/board7_1.png")
    assert groups(grouped(listing(*names), Reading(group_pattern=r"board(\d+)_"))) == ["12", "12", "7"]
    assert groups(grouped(listing(*names), Reading(group_pattern=r"board\d+"))) == ["board12", "board12", "board7"]
    assert groups(grouped(listing(*names), Reading(group_pattern=r"(board)(\d)"))) == ["board/1", "board/1", "board/7"]


def test_a_name_without_the_pattern_is_bad() -> None:
    found = grouped(listing("good/board1.png", "good/x.png"), Reading(group_pattern=r"board(\d+)"))
    assert [str(row) for row in found.bad] == [
        "good/x.png: expected a name with 'board(\\\\d+)', which tells its group"
    ]


def test_wishes_that_cannot_be_had_are_refused() -> None:
    rows = listing("good/a.png")
    for wrong, why in ((BY_FOLDER, "Received: none"), (Reading(group_pattern="("), "a regular expression")):
        with pytest.raises(DataError, match=why):
            grouped(rows, wrong)
    with pytest.raises(DataError, match=r"which is not in good/a\.png"):
        grouped(rows, Reading(group_pattern="board"))
    with pytest.raises(DataError, match="at most one"):
        grouped(rows, Reading(group_by="folder", group_pattern="a"))
    with pytest.raises(DataError, match="says its groups itself"):
        grouped(listing("good/a.png", group="lot"), Reading(group_pattern="a"))


def test_folders_below_several_classes_are_pointed_out() -> None:
    assert "such as lot 1" in grouped(listing("good/lot 1/a.png", "bad/lot 1/b.png"), Reading()).notes[0]
    assert grouped(listing("good/lot 1/a.png", "bad/lot 2/b.png"), Reading()).notes == []


def test_groups_of_folders_are_never_separated(tmp_path: Path) -> None:
    for lot in range(15):
        for i in range(4):
            path = tmp_path / ("good", "bad")[i % 2] / f"lot {lot}" / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(4 * lot + i))
    for wish in (BY_FOLDER, Reading(group_pattern=r"lot \d+")):
        part = place(folder.load(tmp_path, reading=wish))
        lots = [{part[name] for name in part if f"/lot {lot}/" in name} for lot in range(15)]
        assert all(len(parts) == 1 for parts in lots)
        assert {next(iter(parts)) for parts in lots} == {"train", "validation", "test"}
    assert folder.load(tmp_path).origin != folder.load(tmp_path, reading=BY_FOLDER).origin
