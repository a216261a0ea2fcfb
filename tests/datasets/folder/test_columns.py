"""Which column is what."""

from pathlib import Path

import pytest

from aoi_modules.datasets.csv_text import CsvText
from aoi_modules.datasets.folder.columns import places_of
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import DataError


def table(*header: str) -> CsvText:
    return CsvText(Path("parts.csv"), header, (), ",")


def test_usual_names_are_found_whatever_their_capitals() -> None:
    places = places_of(table("h", "Path", "LABEL", "Split", "w"), Reading())
    assert (places.path, places.label, places.part, places.group) == ("Path", "LABEL", "Split", None)
    assert (places.features, places.unused) == (("h", "w"), ())


def test_an_exact_name_comes_before_one_in_other_capitals() -> None:
    assert places_of(table("Path", "path", "label"), Reading()).path == "path"


def test_named_features_leave_the_others_unused() -> None:
    places = places_of(table("path", "label", "h", "w", "n"), Reading(features=("n", "h")))
    assert (places.features, places.unused) == (("n", "h"), ("w",))


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (
            Reading(path_column="file"),
            "`path_column`: expected a column of parts.csv: path, label, h. Received: 'file'",
        ),
        (Reading(group_column="lot"), "`group_column`: expected a column of parts.csv"),
        (Reading(features=("label",)), "`features`: 'label' is named for two things"),
        (Reading(features=("h", "h")), "'h' is named for two things"),
    ],
)
def test_wrong_names_list_the_columns(reading: Reading, why: str) -> None:
    with pytest.raises(DataError) as caught:
        places_of(table("path", "label", "h"), reading)
    assert why in caught.value.message


def test_a_table_without_labels_says_how_to_name_their_column() -> None:
    with pytest.raises(DataError) as caught:
        places_of(table("path", "class"), Reading())
    assert "`label_column=...`" in caught.value.hint


def test_two_columns_of_one_name_matter_where_they_are_used() -> None:
    twins = table("path", "label", "h", "h", "w")
    with pytest.raises(DataError, match="'h' in columns 3, 4"):
        places_of(twins, Reading())
    assert places_of(twins, Reading(features=("w",))).features == ("w",)
