"""A gateway at which people work, before a model server whose scores the tests choose."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes

ROUTES = """
components: {{tile: {{model: tile, upstream: "{address}", audit: 1.0, recording: committed}}}}
calendar: {{time_zone: Europe/Berlin, shifts: {{early: "06:00", late: "18:00"}}}}
"""


class Station:
    """What a person at the station can do."""

    def __init__(self, gateway: RunningGateway, server: ModelServer) -> None:
        self.url, self.server = gateway.url, server

    def inspect(self, score: float, **origin: str) -> dict[str, Any]:
        """Sends a picture that gets this score."""
        self.server.outputs = scores_of(score)
        answer = requests.post(f"{self.url}/v1/inspect/tile", params=origin, data=picture_bytes(), timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return requests.get(f"{self.url}{path}", params=parameters, timeout=10)

    def post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}{path}", json=body, timeout=10)

    def next(self, who: str) -> dict[str, Any]:
        """The next part for a person."""
        answer = self.post("/v1/reviews/next", who=who)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def judge(self, inspection: str, who: str = "Ada", **opinion: Any) -> requests.Response:
        return self.post(f"/v1/inspections/{inspection}/judgements", who=who, **opinion)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway:
            yield Station(gateway, server)
