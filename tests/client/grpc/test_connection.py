"""A connection sends, waits and asks again where that is safe, called and awaited alike."""

import asyncio
import threading
from collections.abc import Callable

import grpc
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.connection import AsyncConnection, Connection
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import RpcError, TooSlow, Unreachable
from aoi_modules.wire.messages import GetModelStatusResponse, PredictResponse
from tests.client.model_server import ModelServer

Status = Callable[[str, Attempts], GetModelStatusResponse]


def called(address: str, attempts: Attempts) -> GetModelStatusResponse:
    connection = Connection(address)
    try:
        return connection.call(calls.STATUS, calls.status_request(Endpoint(address, "tile")), attempts)
    finally:
        connection.close()


def awaited(address: str, attempts: Attempts) -> GetModelStatusResponse:
    async def run() -> GetModelStatusResponse:
        connection = AsyncConnection(address)
        try:
            return await connection.call(calls.STATUS, calls.status_request(Endpoint(address, "tile")), attempts)
        finally:
            await connection.close()

    return asyncio.run(run())


BOTH = pytest.mark.parametrize("status", [called, awaited])


@BOTH
def test_an_answer_comes_as_its_message(model_server: ModelServer, status: Status) -> None:
    assert [one.version for one in status(model_server.address, Attempts(10, 0)).model_version_status] == [1]


@BOTH
def test_without_retries_nobody_there_is_told_at_once(free_port: int, status: Status) -> None:
    with pytest.raises(Unreachable, match=f"127.0.0.1:{free_port}"):
        status(f"127.0.0.1:{free_port}", Attempts(60, 0))


@BOTH
def test_a_server_that_starts_late_is_met_by_a_repetition(free_port: int, status: Status) -> None:
    started: list[ModelServer] = []
    timer = threading.Timer(0.3, lambda: started.append(ModelServer(free_port)))
    timer.start()
    try:
        answer = status(f"127.0.0.1:{free_port}", Attempts(60, 50))
    finally:
        timer.join(30)
        for server in started:
            server.stop()
    assert [one.version for one in answer.model_version_status] == [1]


@BOTH
def test_a_name_that_leads_to_nobody_for_a_moment_is_waited_for_without_retries(free_port: int, status: Status) -> None:
    started: list[ModelServer] = []
    timer = threading.Timer(1.0, lambda: started.append(ModelServer(free_port)))
    timer.start()
    try:
        answer = status(f"ipv4:127.0.0.1:{free_port},127.0.0.2:{free_port}", Attempts(60, 0))
        assert [one.version for one in answer.model_version_status] == [1]
    finally:
        timer.join()
        for server in started:
            server.stop()


def ask_for_pictures(connection: Connection, attempts: Attempts, address: str) -> PredictResponse:
    request = calls.predict_request(Endpoint(address, "tile"), {"image": [b"x"]}, "serving_default")
    return connection.call(calls.PREDICT, request, attempts)


def test_an_answer_is_final_whatever_it_says(model_server: ModelServer) -> None:
    model_server.refusal = grpc.StatusCode.UNAVAILABLE, "the queue is full"
    connection = Connection(model_server.address)
    with pytest.raises(RpcError, match="the queue is full"):
        ask_for_pictures(connection, Attempts(10, 5), model_server.address)
    assert len(model_server.asked) == 1
    connection.close()


def test_the_message_names_the_time_that_was_given_not_what_was_left(model_server: ModelServer) -> None:
    seconds = [0.0]
    attempts = Attempts(2, 0, clock=lambda: seconds[0])
    seconds[0] = 1.9
    model_server.gate.clear()
    connection = Connection(model_server.address)
    with pytest.raises(TooSlow, match="within 2 s"):
        ask_for_pictures(connection, attempts, model_server.address)
    connection.close()
