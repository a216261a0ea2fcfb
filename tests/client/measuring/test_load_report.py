"""Figures of a load are values that were measured, and every call counts once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.measuring.load import Bounds, Load, TimedCall
from aoi_modules.client.measuring.load_report import percentiles, report

CALLS = st.builds(
    TimedCall, st.floats(0, 100), st.floats(0.001, 10), st.sampled_from(["", "", "UNAVAILABLE", "INTERNAL"])
)


def run_of(calls: list[TimedCall]) -> Load:
    """A run that nobody made: its calls are given."""
    load = Load(lambda: GrpcClient(Endpoint("127.0.0.1:1", "tile")), lambda client: None, Bounds(clients=3))
    load.calls += calls
    return load


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentiles(np.array([])) is None
    found = percentiles(np.arange(1.0, 101.0))
    assert found is not None
    assert (found.p50, found.p90, found.p99, found.slowest) == (51, 91, 100, 100)


def test_nothing_measured_is_a_report_too() -> None:
    measured = report(run_of([]), finished=False)
    assert (measured.requests, measured.milliseconds, measured.requests_per_second) == (0, None, 0.0)
    assert not measured.finished


def test_the_time_runs_from_the_first_call_to_the_end_of_the_last() -> None:
    calls = [TimedCall(1.0, 0.5), TimedCall(2.0, 4.0), TimedCall(3.0, 0.5, "INTERNAL")]
    measured = report(run_of(calls), finished=True, pictures_a_call=8)
    assert (measured.clients, measured.seconds, measured.requests, measured.answered) == (3, 5.0, 3, 2)
    assert (measured.requests_per_second, measured.pictures, measured.pictures_per_second) == (0.4, 16, 3.2)
    assert measured.errors == {"INTERNAL": 1}
    assert measured.milliseconds is not None
    assert (measured.milliseconds.mean, measured.milliseconds.slowest) == (2250.0, 4000.0)


@given(st.lists(CALLS, max_size=50))
def test_every_call_was_answered_or_has_an_error(calls: list[TimedCall]) -> None:
    measured = report(run_of(calls), finished=True)
    assert measured.answered + sum(measured.errors.values()) == measured.requests == len(calls)
    if measured.milliseconds is not None:
        ms = measured.milliseconds
        assert ms.p50 <= ms.p90 <= ms.p99 <= ms.slowest
        answered = [1000 * call.seconds for call in calls if not call.error]
        assert {ms.p50, ms.p90, ms.p99, ms.slowest} <= set(answered)
