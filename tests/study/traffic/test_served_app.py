"""An application of Starlette at work: it answers, its faults are kept, and one that cannot start says why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from aoi_modules.errors import CourseError
from aoi_modules.study.traffic.served_app import ServedApp


async def size(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def broken(_: Request) -> PlainTextResponse:
    raise KeyError("defect")


def app() -> Starlette:
    return Starlette(routes=[Route("/size", size, methods=["POST"]), Route("/broken", broken)])


def test_it_answers_and_stops() -> None:
    with ServedApp(app()) as served:
        assert requests.post(f"{served.url}/size", data=b"12345", timeout=10).text == "5"
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{served.url}/size", data=b"12345", timeout=10)


def test_a_fault_is_answered_with_500_and_kept() -> None:
    with ServedApp(app()) as served:
        assert requests.get(f"{served.url}/broken", timeout=10).status_code == 500
        assert requests.post(f"{served.url}/size", data=b"1", timeout=10).text == "1"
    assert [type(fault) for fault in served.faults] == [KeyError]


def test_an_app_that_cannot_start_says_why() -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if not app.routes:
            raise RuntimeError("no routes")
        yield

    with pytest.raises(CourseError, match=r"did not start.*no routes"):
        ServedApp(Starlette(lifespan=lifespan))


def test_what_is_no_app_is_refused() -> None:
    with pytest.raises(CourseError, match="did not start"):
        ServedApp(lambda: None)
