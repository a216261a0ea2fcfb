from pathlib import Path

import pytest
import requests

from aoi_modules.errors import AoiError
from aoi_modules.gateway.launcher import RunningGateway

ROUTES = 'components: {tile: {model: tile, upstream: "127.0.0.1:1"}}'


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES)
    return path


def test_it_listens_inside_the_block_and_ends_with_it(routes: Path) -> None:
    with RunningGateway(routes) as gateway:
        assert requests.get(f"{gateway.url}/healthz", timeout=10).json() == {"status": "ok"}
        assert gateway.url == f"http://127.0.0.1:{gateway.process.ports['http']}"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{gateway.url}/healthz", timeout=10)


def test_two_take_two_ports(routes: Path) -> None:
    with RunningGateway(routes) as one, RunningGateway(routes) as other:
        assert one.url != other.url


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(AoiError, match=r"none\.yaml: cannot be read"):
        RunningGateway(tmp_path / "none.yaml")
