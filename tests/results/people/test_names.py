"""Names of users and machines."""

import pytest

from aoi_modules.errors import BadName
from aoi_modules.results.people.names import MOST_LETTERS, check_name


@pytest.mark.parametrize("name", ["ann", "Ada Lovelace", "大", "a" * MOST_LETTERS, "<b>", "line 3/left"])
def test_a_name_is_any_printable_text(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", " ", " ann", "ann ", "a\nb", "a\x00", "a\u202eb", "a" * (MOST_LETTERS + 1)])
def test_what_nobody_could_read_or_tell_apart_is_no_name(name: str) -> None:
    with pytest.raises(BadName, match="name: expected"):
        check_name(name)
