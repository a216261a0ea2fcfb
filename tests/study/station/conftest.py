"""A gateway of a lesson, before a model server whose scores the tests choose."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from aoi_modules.study.station.changing_gateway import ChangingGateway
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes


class SmallLine:
    """A line of one component, and the file of its routes."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.routes = {
            "components": {
                "tile": {"model": "tile", "upstream": server.address, "audit": 1.0, "recording": "committed"}
            }
        }
        self.gateway = ChangingGateway(self.routes)

    def inspect(self, score: float, size: tuple[int, int] = (16, 12), **origin: str) -> dict[str, Any]:
        """Sends a picture of this size, which gets this score."""
        self.server.outputs = scores_of(score)
        picture = picture_bytes(size=size)
        answer = requests.post(f"{self.gateway.url}/v1/inspect/tile", params=origin, data=picture, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="package")
def small_line() -> Iterator[SmallLine]:
    with ModelServer() as server:
        line = SmallLine(server)
        with line.gateway:
            yield line
