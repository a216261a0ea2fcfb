import pytest

from aoi_modules.serving.batching.parameters import Batching
from aoi_modules.serving.batching.policy import UNMERGED, Policy


def test_tensorflow_servings_parameters() -> None:
    policy = Policy.of(Batching(max_batch_size=8, batch_timeout_micros=1500, max_enqueued_batches=3))
    assert policy == Policy(8, rejoin_seconds=0.0, timeout_seconds=0.0015, max_waiting=3, strict=True)


@pytest.mark.parametrize(("execution", "rows"), [(0, 8), (2, 2)])
def test_large_requests_run_in_parts(execution: int, rows: int) -> None:
    batching = Batching(max_batch_size=8, enable_large_batch_splitting=True, max_execution_batch_size=execution)
    policy = Policy.of(batching)
    assert (policy.max_rows, policy.split_rows) == (rows, rows)


def test_sizes_that_batches_are_filled_up_to() -> None:
    policy = Policy(allowed_rows=(2, 8))
    assert [policy.filled_rows(rows) for rows in (0, 1, 2, 3, 8, 9)] == [0, 2, 2, 8, 8, 9]
    assert UNMERGED.filled_rows(5) == 5


def test_short_batches_wait_for_nobody() -> None:
    assert Policy.worth(4) == Policy(max_rows=4, rejoin_seconds=0.0)
    assert Policy.worth(32) == Policy()
