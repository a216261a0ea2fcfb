"""Golden sets: folders of pictures, or a table beside them, and what is neither."""

from pathlib import Path

import pytest

from aoi_modules.errors import DataError
from aoi_modules.results.station.golden import read_golden


def golden(folder: Path, *paths: str, table: str = "") -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(path.encode())
    if table:
        (folder / "golden.csv").write_text(table)
    return folder


def test_folders_say_what_is_true(tmp_path: Path) -> None:
    found = read_golden(golden(tmp_path, "good/b.png", "good/a.png", "defect/crack/c.png", "defect/notes.txt"))
    assert [(part.part, part.defective) for part in found.parts] == [
        ("defect/crack/c.png", True),
        ("good/a.png", False),
        ("good/b.png", False),
    ]


def test_a_table_says_what_is_true_and_which_scores_were_recorded(tmp_path: Path) -> None:
    table = "picture,truth,defect,surface\na.png,good,0.12,\nparts/b.png,Defect,0.9,0.3\n"
    found = read_golden(golden(tmp_path, "a.png", "parts/b.png", table=table))
    assert [(part.part, part.defective, dict(part.scores)) for part in found.parts] == [
        ("a.png", False, {"defect": 0.12}),
        ("parts/b.png", True, {"defect": 0.9, "surface": 0.3}),
    ]


def test_the_hash_changes_with_names_truth_and_pictures(tmp_path: Path) -> None:
    first = read_golden(golden(tmp_path, "good/a.png", "defect/b.png")).sha256
    assert read_golden(tmp_path).sha256 == first
    (tmp_path / "good" / "a.png").write_bytes(b"another")
    second = read_golden(tmp_path).sha256
    (tmp_path / "golden.csv").write_text("picture,truth\ngood/a.png,defect\ndefect/b.png,good\n")
    third = read_golden(tmp_path).sha256
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    ("paths", "table", "words"),
    [
        ((), "", "expected golden parts that are good and some with a defect; none is good"),
        (("good/a.png",), "", "none is defect"),
        (("good/a.png", "defect/b.png", "rework/c.png"), "", "expected the folders good and defect. Received: rework"),
        (("a.png",), "picture,state\na.png,good\n", "expected a column truth"),
        (("a.png",), "picture,truth\na.png,fine\n", "line 2: truth: expected good or defect. Received: 'fine'"),
        (("a.png",), "picture,truth\na.png,good\na.png,good\n", "line 3: picture: expected another path"),
        (("a.png",), "picture,truth\n../a.png,good\n", "line 2: picture: expected another path in the folder"),
        (("a.png",), "picture,truth\nb.png,good\n", "b.png: cannot be read"),
        (("a.png",), "picture,truth,head\na.png,good,nan\n", "line 2: head: expected a score, or nothing"),
        (("a.png",), "picture,truth\na.png,good,more\n", "line 2: expected 2 cells. Received: 3"),
    ],
)
def test_what_is_no_golden_set_is_refused(tmp_path: Path, paths: tuple[str, ...], table: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_golden(golden(tmp_path, *paths, table=table))
    assert words in caught.value.message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected the folder of a golden set"):
        read_golden(tmp_path / "none")
