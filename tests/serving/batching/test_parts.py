from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.serving.batching.parts import Joined, split

COLUMN = {"x": np.arange(7.0), "z": np.zeros((7, 2))}


def outcome() -> tuple[list[Any], Any]:
    """What came, and a `done` that keeps it."""
    came: list[Any] = []
    return came, lambda outputs, error: came.append((outputs, error))


@given(rows=st.integers(1, 9), order=st.randoms())
def test_the_parts_answers_in_any_order_are_the_wholes(rows: int, order: Any) -> None:
    parts = split(COLUMN, rows)
    assert all(len(part["x"]) == len(part["z"]) <= rows for part in parts)
    came, done = outcome()
    whole = Joined(len(parts), done)
    places = list(range(len(parts)))
    order.shuffle(places)
    for place in places:
        assert came == []
        whole.done(place, {"y": parts[place]["x"]}, None)
    ((outputs, error),) = came
    assert outputs["y"].tolist() == COLUMN["x"].tolist()
    assert error is None


def test_what_has_no_rows_in_common_stays_whole() -> None:
    for inputs in (COLUMN, {"x": np.arange(9), "z": np.arange(8)}, {"x": np.array(1)}):
        assert split(inputs, 0) == [inputs]
    assert len(split({"x": np.arange(9), "z": np.arange(8)}, 2)) == 1
    assert len(split({"x": np.array(1)}, 2)) == 1


def test_an_error_of_one_part_is_the_wholes_and_waits_for_the_others() -> None:
    came, done = outcome()
    whole = Joined(3, done)
    first = ValueError("first")
    whole.done(2, None, first)
    whole.done(0, {"y": np.zeros(1)}, None)
    assert came == []
    whole.done(1, None, ValueError("second"))
    assert came == [(None, first)]
