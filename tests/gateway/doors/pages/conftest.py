"""A browser for the pages, and a gateway at which people work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from aoi_modules.gateway.launcher import RunningGateway
from tests.browser import chromium
from tests.client.model_server import ModelServer
from tests.gateway.doors.pages.judged_line import open_station
from tests.gateway.doors.station.conftest import ROUTES, Station


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, one for a module. Who uses it is marked as in need of it."""
    with chromium() as browser:
        yield browser


@contextmanager
def own_line(folder: Path) -> Iterator[Station]:
    """A station that keeps its results in this folder."""
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield Station(gateway, server)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station whose gateway stays for a module."""
    with own_line(tmp_path_factory.mktemp("line")) as line:
        yield line


@pytest.fixture(scope="session")
def judged_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway with parts of 12 days that people judged; its address."""
    with open_station(tmp_path_factory.mktemp("judged")) as url:
        yield url
