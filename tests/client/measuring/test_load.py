import _thread
import math
import threading
import time
from collections.abc import Callable
from itertools import count

import pytest

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.measuring.load import Ask, Bounds, Load
from aoi_modules.client.measuring.load_report import report
from aoi_modules.errors import RpcError, Unreachable
from tests.client.model_server import ModelServer


def load(server: ModelServer, bounds: Bounds, ask: Ask | None = None) -> Load:
    return Load(connect(server), ask or (lambda client: client.predict_pictures([b"x"])), bounds)


def connect(server: ModelServer) -> Callable[[], PredictClient]:
    return lambda: GrpcClient(Endpoint(server.address, "tile", retries=0))


def test_so_many_requests_and_no_more(model_server: ModelServer) -> None:
    run = load(model_server, Bounds(clients=3, seconds=None, requests=50))
    assert run.run()
    measured = report(run, finished=True, pictures_a_call=2)
    assert (measured.requests, measured.answered, measured.pictures, measured.errors) == (50, 50, 100, {})
    assert len(model_server.asked) == 50 + 1 + 3, "one for all and one a client go before"
    assert measured.milliseconds is not None
    assert 0 < measured.milliseconds.p50 <= measured.milliseconds.p99 <= measured.milliseconds.slowest
    assert measured.pictures_per_second == pytest.approx(2 * measured.requests_per_second)


def test_so_many_seconds_and_no_longer(model_server: ModelServer) -> None:
    run = load(model_server, Bounds(clients=2, seconds=0.3))
    assert run.run()
    assert report(run, finished=True).requests > 1
    assert max(call.began for call in run.calls) < 0.3


def test_errors_are_counted_by_kind(model_server: ModelServer) -> None:
    lock, numbers = threading.Lock(), iter(range(1000))

    def ask(client: PredictClient) -> None:
        with lock:
            number = next(numbers)
        if number > 2 and number % 2:
            raise RpcError("UNAVAILABLE", "the queue is full")

    run = load(model_server, Bounds(clients=1, seconds=None, requests=10), ask)
    run.run()
    measured = report(run, finished=True)
    assert measured.errors == {"UNAVAILABLE": 5}
    assert measured.answered == 5


def test_a_server_that_goes_away_is_not_asked_without_end(model_server: ModelServer) -> None:
    run = load(model_server, Bounds(clients=2, seconds=0.6))
    threading.Timer(0.2, model_server.stop).start()
    assert run.run()
    errors = report(run, finished=True).errors
    assert set(errors) <= {"UNAVAILABLE", "CANCELLED"}
    assert 1 <= sum(errors.values()) < 30


def test_nobody_there_is_an_error_at_once(model_server: ModelServer) -> None:
    model_server.stop()
    with pytest.raises(Unreachable):
        load(model_server, Bounds(clients=2, seconds=60)).run()


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_keeps_what_was_measured(model_server: ModelServer) -> None:
    run = load(model_server, Bounds(clients=2, seconds=60))
    threading.Timer(0.4, _thread.interrupt_main).start()
    assert not run.run()
    measured = report(run, finished=False)
    assert measured.answered > 0
    assert not measured.finished


@pytest.mark.parametrize(
    "bounds",
    [{"clients": 0}, {"clients": 1000}, {"seconds": None}, {"seconds": 0}, {"seconds": math.nan}, {"requests": 0}],
)
def test_a_load_without_bounds_is_refused(bounds: dict[str, float | None]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Bounds(**bounds)  # type: ignore[arg-type]


def test_time_runs_from_the_end_of_the_first_calls(model_server: ModelServer) -> None:
    threads: set[int] = set()

    def ask(client: PredictClient) -> None:
        if threading.get_ident() not in threads:
            threads.add(threading.get_ident())
            time.sleep(0.6)
        client.predict_pictures([b"x"])

    run = load(model_server, Bounds(clients=3, seconds=0.5), ask)
    assert run.run()
    assert report(run, finished=True).answered, "the first calls took all of the time"


@pytest.mark.parametrize("right", [0, 2, 10])
def test_a_mistake_in_the_asking_ends_the_load_and_is_told(model_server: ModelServer, right: int) -> None:
    calls = count()

    def ask(client: PredictClient) -> None:
        if next(calls) >= right:
            raise KeyError("pictures")

    with pytest.raises(KeyError, match="pictures"):
        load(model_server, Bounds(clients=2, seconds=60), ask).run()
