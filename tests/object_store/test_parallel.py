"""Many at a time, in order; after one that fails no more are begun."""

import threading

import pytest

from aoi_modules.object_store.bucket import CONNECTIONS
from aoi_modules.object_store.parallel import side_by_side


def test_what_comes_out_has_the_order_of_what_went_in() -> None:
    together = threading.Barrier(CONNECTIONS)  # breaks where they run one after the other

    def act(number: int) -> int:
        together.wait(30)
        return number * 2

    assert side_by_side(act, range(CONNECTIONS)) == [number * 2 for number in range(CONNECTIONS)]
    assert side_by_side(act, []) == []


def test_after_one_that_fails_no_others_are_begun() -> None:
    begun, gate = [], threading.Event()

    def act(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise ValueError("the first one")
        gate.wait(0.2)

    with pytest.raises(ValueError, match="the first one"):
        side_by_side(act, range(1000))
    assert len(begun) < 100
