"""The parameters cell: what papermill would misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.notebook.parameters_cell import literals, problems

PROFILE = 'profile: str = "cpu"  # size of the work\n'


def test_a_good_cell() -> None:
    source = PROFILE + "steps: list[int] = [1,\n  2]  # of the training\nrate: float = -1.5e-3  # a step"
    assert list(problems(source)) == []
    assert literals(source) == {"profile": "cpu", "steps": [1, 2], "rate": -1.5e-3}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("size = 3  # pictures", "name: type = literal"),
        ("size: int  # pictures", "name: type = literal"),
        ("import os  # no", "name: type = literal"),
        ("size: int = 3", "size: needs a comment"),
        ("size: int = 2 * steps  # pictures", "size: has to be a literal"),
        ("size: str = f'{3}'  # pictures", "size: has to be a literal"),
        ("x: = 3", "not Python"),
        ('profile: str = "big"  # size', "Received: 'big'"),
    ],
)
def test_what_papermill_would_misread(line: str, words: str) -> None:
    assert any(words in problem for problem in problems(PROFILE + line))


def test_the_profile_is_needed() -> None:
    assert any("need the line: profile" in problem for problem in problems(""))


@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    )
)
def test_any_literal_is_read_back(values: dict[str, object]) -> None:
    source = PROFILE + "".join(f"{name}: object = {value!r}  # x\n" for name, value in values.items())
    assert list(problems(source)) == []
    assert literals(source) == {"profile": "cpu", **values}
