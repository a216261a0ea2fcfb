"""A page is seen as a picture where a Chromium is, and as none where it is not."""

import io
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from aoi_modules.study.station import page_pictures
from aoi_modules.study.traffic.served_app import ServedApp
from tests import services


async def page(request: Request) -> Response:
    return HTMLResponse("<body style='margin:0;background:#00ff00'>")


@services.need(services.CHROMIUM)
def test_a_page_is_seen_as_it_is() -> None:
    with ServedApp(Starlette(routes=[Route("/", page)])) as app:
        seen = page_pictures.picture_of_page(app.url, size=(300, 200))
    assert seen is not None
    picture = Image.open(io.BytesIO(seen)).convert("RGB")
    assert picture.width == 300
    assert picture.getpixel((150, 50)) == (0, 255, 0)


def test_without_a_browser_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert page_pictures.find_browser() is None
    assert page_pictures.picture_of_page("http://127.0.0.1:1/") is None


def test_a_browser_that_takes_no_picture_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / page_pictures.NAMES[0]
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert page_pictures.picture_of_page("http://127.0.0.1:1/") is None
