"""What a caller says about reading."""

import pytest

from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import DataError


def test_what_nobody_can_do_is_refused() -> None:
    with pytest.raises(DataError, match=r"`decimal`: expected '\.' or ','\. Received: ';'"):
        Reading(decimal=";")
    with pytest.raises(DataError, match=r"`group_by`: expected 'folder'"):
        Reading(group_by="lot")  # type: ignore[arg-type]


def test_what_is_about_columns() -> None:
    assert Reading(label_column="class", features=(), group_pattern="a").about_columns == ("label_column", "features")
