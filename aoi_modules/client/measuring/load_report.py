"""What a load measured: calls a second, how slow they were, which errors there were."""

from collections import Counter

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.measuring.load import Load


class Percentiles(msgspec.Struct, frozen=True):
    """Milliseconds of the calls that were answered: 50, 90 and 99 of 100 were at most so slow."""

    mean: float
    p50: float
    p90: float
    p99: float
    slowest: float


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured.

    Args:
        clients: that asked at once.
        seconds: from the first call to the end of the last.
        requests: calls that ended.
        answered: those that were answered.
        pictures: in all answered calls.
        requests_per_second: answered calls a second.
        pictures_per_second: pictures in them a second.
        milliseconds: of the answered calls; None if there are none.
        errors: how many calls ended with which code.
        finished: False if somebody stopped it.
    """

    clients: int
    seconds: float
    requests: int
    answered: int
    pictures: int
    requests_per_second: float
    pictures_per_second: float
    milliseconds: Percentiles | None
    errors: dict[str, int]
    finished: bool


def report(load: Load, *, finished: bool, pictures_a_call: int = 1) -> LoadReport:
    """Sums up the calls of a run.

    Args:
        load: the run; it has ended.
        finished: what `Load.run` returned.
        pictures_a_call: that each call asked about.
    """
    calls = list(load.calls)
    answered = [call for call in calls if not call.error]
    seconds = max((call.ended for call in calls), default=0.0) - min((call.began for call in calls), default=0.0)
    a_second = len(answered) / seconds if seconds else 0.0
    return LoadReport(
        clients=load.bounds.clients,
        seconds=seconds,
        requests=len(calls),
        answered=len(answered),
        pictures=len(answered) * pictures_a_call,
        requests_per_second=a_second,
        pictures_per_second=a_second * pictures_a_call,
        milliseconds=percentiles(np.array([1000 * call.seconds for call in answered])),
        errors=dict(Counter(call.error for call in calls if call.error).most_common()),
        finished=finished,
    )


def percentiles(milliseconds: NDArray[np.float64]) -> Percentiles | None:
    """Computes mean, percentiles and greatest of milliseconds, float64 (N,); None without any.

    A percentile is a value that was measured, the next one up, so that p99 of few calls does not flatter.
    """
    if milliseconds.size == 0:
        return None
    p50, p90, p99 = np.percentile(milliseconds, [50, 90, 99], method="higher").tolist()
    return Percentiles(float(milliseconds.mean()), p50, p90, p99, float(milliseconds.max()))
