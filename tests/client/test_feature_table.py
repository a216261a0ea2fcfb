"""A CSV file of features: every picture gets its own numbers, or a sentence says which line is wrong."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.feature_table import FeatureTable, read_table
from aoi_modules.errors import DataError

NAMES = ("rooms", "area")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "houses.csv"


def table(file: Path, text: str) -> FeatureTable:
    file.write_text(text)
    return read_table(file, NAMES)


def test_every_picture_gets_its_numbers_in_the_models_order(file: Path) -> None:
    read = table(file, "area,picture,price,rooms\n210.5,a.png,dear,3\n\n90,b.png,cheap,2\n")
    features = read.features_of([Path("b.png"), Path("a.png"), Path("b.png")])
    assert features.names == NAMES
    assert {picture.name: row.tolist() for picture, row in features.rows.items()} == {
        "b.png": [[2.0, 90.0]],
        "a.png": [[3.0, 210.5]],
    }
    assert all(row.dtype == np.float32 for row in features.rows.values())


def test_a_picture_that_nobody_named_has_no_features(file: Path) -> None:
    features = table(file, "picture,rooms,area\na.png,1,1\nb.png,2,2\n").features_of([Path("a.png")])
    assert features.of(Path("a.png")).tolist() == [[1.0, 1.0]]
    with pytest.raises(DataError, match="expected features beside the picture: rooms, area"):
        features.of(Path("b.png"))


def test_files_as_spreadsheets_write_them(file: Path) -> None:
    file.write_bytes("\ufeffpath;rooms;area\r\n a.png ; 3;1e2\r\n".encode())
    assert read_table(file, NAMES).features_of([Path("x/a.png")]).of(Path("x/a.png")).tolist() == [[3.0, 100.0]]


def test_decimal_commas_tabs_and_utf16_are_read_as_in_training(file: Path) -> None:
    file.write_bytes("sep=\t\npicture\trooms\tarea\na.png\t3\t-1.234,5\n".encode("utf-16"))
    assert read_table(file, NAMES).features_of([Path("a.png")]).of(Path("a.png")).tolist() == [[3.0, -1234.5]]


def test_a_line_may_name_folders_and_the_longest_that_fits_counts(file: Path, tmp_path: Path) -> None:
    read = table(file, f"picture,rooms,area\na.png,1,1\nleft/a.png,2,2\n{tmp_path}/right/a.png,3,3\n")
    pictures = [tmp_path / "a.png", tmp_path / "left" / "a.png", tmp_path / "right" / "a.png"]
    assert [row[0, 0] for row in read.features_of(pictures).rows.values()] == [1, 2, 3]


def test_one_line_never_serves_two_pictures(file: Path, tmp_path: Path) -> None:
    read = table(file, "picture,rooms,area\na.png,1,1\n")
    with pytest.raises(DataError, match=r"line 2: fits two pictures, .*left/a.png and .*right/a.png; write the folder"):
        read.features_of([tmp_path / "left" / "a.png", tmp_path / "right" / "a.png"])


@pytest.mark.parametrize("cell", ["three", "", "2,5 m", "nan", "inf", "-1e39"])
def test_what_is_no_number_is_named_with_line_and_column(file: Path, cell: str) -> None:
    read = table(file, f'picture,rooms,area\nb.png,1,1\na.png,1,"{cell}"\n')
    with pytest.raises(DataError, match=f"houses.csv, line 3, column area: expected a number.* Received: '{cell}'"):
        read.features_of([Path("a.png")])


def test_a_line_that_nobody_asks_for_may_be_wrong(file: Path) -> None:
    read = table(file, "picture,rooms,area\na.png,1,1\nb.png,unknown,\n")
    assert list(read.features_of([Path("a.png")]).rows) == [Path("a.png")]


def test_all_problems_are_told_up_to_a_number(file: Path) -> None:
    read = table(file, "picture,rooms,area\n" + "".join(f"{n}.png,{n},?\n" for n in range(4)))
    with pytest.raises(DataError) as caught:
        read.features_of([Path(f"{n}.png") for n in range(9)])
    lines = caught.value.message.splitlines()
    assert len(lines) == 6
    assert lines[4] == f"{file}: no line for the picture 4.png"
    assert lines[5] == "... and 4 more"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: no column picture, rooms, area. Received: an empty file"),
        ("picture,rooms\na.png,1\n", "line 1: no column area. Received: picture, rooms"),
        ("name,rooms,area\na.png,1,1\n", "no column picture. Received: name"),
        ("picture,rooms,area,area\na.png,1,1,2\n", "two columns are called area"),
        ("picture,rooms,area\na.png,1\n", "line 2: expected 3 cells, one a column. Received: 2"),
        ("picture,rooms,area\n,1,2\n", "line 2, column picture: expected a picture's name"),
        ("picture,rooms,area\na.png,1,2\nb.png,1,2\n./a.png,3,4\n", "line 4, column picture: ./a.png stands in line 2"),
        ('picture,rooms,area\n"a.png"b,1,2\n', "line 2: expected a CSV file"),
        ("picture,rooms,area\n\0,1,2\n\0,1,2", "bytes of zero"),
        ("picture,rooms,area\na.png;1;2\n", "line 2: expected 3 cells"),
        ("picture;rooms;area\na.png;1,520;2\n", "line 2, column rooms: '1,520' may have a fraction or thousands"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(file: Path, text: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        table(file, text)
    assert str(file) in caught.value.message
    assert words in caught.value.message


def test_a_file_that_is_away_or_no_text(file: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_table(file, NAMES)
    file.write_bytes(b"picture,rooms\xff")
    with pytest.raises(DataError, match="UTF-8"):
        read_table(file, NAMES)


STEMS = st.text("abcdefghij0123456789 ;'\"äß", min_size=1, max_size=8).map(str.strip).filter(bool)
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.dictionaries(STEMS, st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, houses: dict[str, tuple[float, float]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["picture", *NAMES])
    writer.writerows([f"{stem}.png", *numbers] for stem, numbers in houses.items())
    pictures = [Path(f"{stem}.png") for stem in houses]
    features = table(tmp_path_factory.mktemp("table") / "houses.csv", text.getvalue()).features_of(pictures)
    assert [tuple(features.of(picture)[0].tolist()) for picture in pictures] == list(houses.values())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("table") / "any.csv"
    file.write_text("picture,rooms,area\n" + text.encode("utf-8", "ignore").decode(), newline="")
    with suppress(DataError):
        assert list(read_table(file, NAMES).features_of([Path("a.png")]).rows) == [Path("a.png")]
