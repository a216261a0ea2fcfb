"""Latency: warmed up, in turns, the median. The clock is a made-up one."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.study.networks import latency
from aoi_modules.study.networks.latency import Latency, in_turns
from aoi_modules.tf import keras


class Clock:
    """A clock that stands still until somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def worker(self, seconds: Iterator[float]) -> Callable[[], None]:
        def work() -> None:
            self.now += next(seconds)

        return work


def test_the_first_slow_calls_are_not_counted() -> None:
    clock = Clock()
    work = clock.worker(iter([9.0, 9.0, 1.0, 2.0, 3.0]))
    found = in_turns({"call": work}, repeats=3, warm_up=2, clock=clock)["call"]
    assert found == Latency(median=2.0, fastest=1.0, slowest=3.0, calls=3)
    assert found.milliseconds == 2000
    assert str(found) == "2000.00 ms (median of 3, slowest 3000.00 ms)"


def test_several_calls_take_turns() -> None:
    order: list[str] = []
    calls = {name: lambda name=name: order.append(name) for name in ("a", "b")}
    found = in_turns(calls, repeats=2, warm_up=1)
    assert order == ["a", "b"] * 3
    assert set(found) == {"a", "b"}


@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=30))
def test_the_median_lies_between_fastest_and_slowest(seconds: list[float]) -> None:
    found = Latency.of(seconds)
    assert found.fastest <= found.median <= found.slowest
    assert found.calls == len(seconds)


@pytest.mark.parametrize(("repeats", "warm_up"), [(0, 0), (1, -1)])
def test_no_call_at_all_is_refused(repeats: int, warm_up: int) -> None:
    with pytest.raises(ModelError, match="repeats, warm_up"):
        in_turns({"a": lambda: None}, repeats=repeats, warm_up=warm_up)


def test_a_model_is_measured_on_one_picture() -> None:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(2, 3)(image)))
    found = latency.of_models({"small": model}, repeats=2, warm_up=1)
    assert found["small"].calls == 2
    assert 0 < found["small"].fastest <= found["small"].slowest
