"""What handlers share: without a place for results, and before the start, requests are answered and not guessed at."""

import asyncio

import pytest
from starlette.requests import Request

from aoi_modules.gateway.doors.http_app import build_app
from aoi_modules.gateway.doors.shared import Gateway, gateway_of, line_of, read
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.logs import event_log
from aoi_modules.results.recorder import Recorder


def request() -> Request:
    routes = parse_routes("components: {tile: {model: tile, upstream: '127.0.0.1:1'}}", "routes.yaml")
    app = build_app(Gateway(routes, Metrics(), event_log()))
    return Request({"type": "http", "app": app, "headers": []})


def test_a_gateway_that_records_nothing_says_how_it_would() -> None:
    async def never(recorder: Recorder) -> None:
        raise AssertionError("nothing is there to be asked")

    answer = asyncio.run(read(request(), never))  # type: ignore[arg-type]
    assert answer.status_code == 404
    assert b"start it with --results FOLDER" in bytes(answer.body)


def test_a_line_is_there_while_the_app_runs() -> None:
    asked = request()
    assert gateway_of(asked).line is None
    with pytest.raises(RuntimeError, match="before it was started"):
        line_of(asked)
