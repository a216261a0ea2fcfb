"""Routes of pages: the document for programs leaves them out, and files are given by their names alone."""

from collections.abc import Iterator

import pytest
import requests

from aoi_modules.gateway.doors.pages import assets
from aoi_modules.gateway.doors.pages.app import PAGES
from aoi_modules.gateway.launcher import RunningGateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(routes) as gateway:
        yield gateway


def test_pages_stand_in_no_schema() -> None:
    assert not any(route.include_in_schema for route in PAGES)


def test_a_file_of_the_pages(gateway: RunningGateway) -> None:
    answer = requests.get(f"{gateway.url}{assets.address_of('icon.svg')}", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == assets.FOR_GOOD


@pytest.mark.parametrize("name", ["..%2Fapp.py", "%2e%2e%2fapp.py", "layout.html.j2", "%00"])
def test_no_other_file_is_given(gateway: RunningGateway, name: str) -> None:
    answer = requests.get(f"{gateway.url}/static/{assets.digest()}/{name}", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_pages_are_looked_at_and_not_sent(gateway: RunningGateway) -> None:
    answer = requests.post(f"{gateway.url}/live", timeout=10)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
