"""Cameras send without a pause, and write down every answer, the broken ones, too."""

import socket

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aoi_modules.errors import CourseError
from aoi_modules.study.station.cameras import NO_ANSWER, Cameras
from aoi_modules.study.traffic.served_app import ServedApp

PICTURES = {"tile": b"a tile", "board": b"a board"}


class Line:
    """Answers 503 about boards as long as their server is away."""

    def __init__(self) -> None:
        self.away = False
        self.app = Starlette(routes=[Route("/v1/inspect/{component}", self.post, methods=["POST"])])

    async def post(self, request: Request) -> Response:
        component = request.path_params["component"]
        assert await request.body() == PICTURES[component]
        return Response(status_code=503 if self.away and component == "board" else 200)


def test_each_component_has_its_camera_and_each_answer_is_kept() -> None:
    line = Line()
    with ServedApp(line.app) as app, Cameras(app.url, PICTURES) as cameras:
        first = cameras.wait_for("board", 200)
        line.away = True
        away = cameras.wait_for("board", 503)
        line.away = False
        again = cameras.wait_for("board", 200)
        cameras.wait_for("tile", 200)
    assert first <= away <= again <= cameras.now
    seen = {(answer.component, answer.status) for answer in cameras.answers}
    assert seen == {("tile", 200), ("board", 200), ("board", 503)}
    assert all(answer.seconds >= 0 for answer in cameras.answers)


def test_an_answer_that_never_comes_is_named() -> None:
    with (
        ServedApp(Line().app) as app,
        Cameras(app.url, {"tile": b"a tile"}) as cameras,
        pytest.raises(CourseError, match="tile: no answer 503"),
    ):
        cameras.wait_for("tile", 503, seconds=0.2)


def test_a_broken_connection_is_an_answer_that_was_none() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with Cameras(f"http://127.0.0.1:{reserved.getsockname()[1]}", {"tile": b"a tile"}) as cameras:
            cameras.wait_for("tile", NO_ANSWER)
    assert {answer.status for answer in cameras.answers} == {NO_ANSWER}
