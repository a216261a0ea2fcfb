"""Files of YAML as answers: one table, or a hint that says what is in the way."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.yaml_file import read_table


def test_a_table_is_read() -> None:
    assert read_table("a: 1\nb: [2]", "a and b") == {"a": 1, "b": [2]}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (..., "expected the file as text"),
        ("a: FILL_IN", "still a FILL_IN"),
        ("a: [1", "this is no YAML"),
        ("- a", "expected a and b"),
        ("", "expected a and b"),
    ],
)
def test_all_else_is_a_hint(text: object, hint: str) -> None:
    with pytest.raises(Hint, match=hint):
        read_table(text, "a and b")
