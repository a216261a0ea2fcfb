"""Who waits, how long, and what becomes of the answer of a model that is asked in the calling thread."""

import threading
import time

import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.job import LONGEST_SECONDS, Done, Job, wait


def test_nobody_waits_longer_than_a_day() -> None:
    assert Job().remaining() == LONGEST_SECONDS


def test_a_deadline_ends_the_wait_and_so_does_leaving() -> None:
    job = Job(time.monotonic() + 60)
    assert 0 < job.remaining() <= 60
    assert Job(time.monotonic() - 1).remaining() == 0
    job.gone = True
    assert job.remaining() == 0


def test_outputs_and_errors_of_another_thread_come_back() -> None:
    outputs = {"y": np.ones(2)}

    def answers(job: Job, done: Done) -> None:
        assert job.remaining() > 0
        threading.Thread(target=done, args=(outputs, None)).start()

    def fails(job: Job, done: Done) -> None:
        threading.Thread(target=done, args=(None, RpcError("INTERNAL", "no"))).start()

    assert wait(answers) is outputs
    with pytest.raises(RpcError, match="no"):
        wait(fails)


def test_a_model_that_refuses_at_once() -> None:
    def refuses(job: Job, done: Done) -> None:
        raise RpcError("UNAVAILABLE", "full")

    with pytest.raises(RpcError, match="full"):
        wait(refuses)
