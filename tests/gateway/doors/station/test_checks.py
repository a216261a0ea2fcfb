"""A station that is checked with golden pictures, locked where a check fails or is missing, and unlocked again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.inputs import picture_inputs
from aoi_modules.errors import RpcError
from aoi_modules.gateway.launcher import RunningGateway
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.station.conftest import Station

ROUTES = """
components:
  tile: {{model: tile, upstream: "{address}", audit: 1.0, recording: committed, store: all}}
  board: {{model: tile, upstream: "{address}"}}
checks: {{tile: {{golden: golden, every_hours: 8}}}}
products: {{motor: {{positions: {{left: {{component: board}}, right: {{component: tile}}}}}}}}
"""
WAY_OUT = "a check that passes unlocks it, or an engineer with a reason"
PICTURE = picture_bytes()


class Checked(Station):
    """A station with golden parts."""

    def golden(self, score: float) -> dict[str, Any]:
        """What is said of a golden picture that gets this score."""
        return self.inspect(score, purpose="check")

    def check(self, good: float = 0.1, bad: float = 0.9, who: str = "Ada") -> dict[str, Any]:
        """Runs a check with two golden parts."""
        parts = [
            {"part": name, "defective": name == "bad", "inspection": self.golden(score)["id"], "scores": {}}
            for name, score in (("good", good), ("bad", bad))
        ]
        answer = self.post("/v1/station/checks", component="tile", golden="ab" * 32, who=who, parts=parts)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def unlock(self, component: str = "tile") -> requests.Response:
        return self.post("/v1/station/unlock", component=component, who="Grace", why="the lamp was changed")

    def standing(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/v1/station").json()["components"][0]
        return found

    def send(self) -> requests.Response:
        return requests.post(f"{self.url}/v1/inspect/tile", data=PICTURE, timeout=10)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Checked, str]]:
    folder = tmp_path_factory.mktemp("station")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(folder / "routes.yaml", results=folder / "results", by_grpc=True) as gateway:
            yield Checked(gateway, server), gateway.grpc


@pytest.fixture
def station(running: tuple[Checked, str]) -> Checked:
    return running[0]


def test_a_station_is_locked_until_its_first_check_passes(running: tuple[Checked, str]) -> None:
    station, by_grpc = running
    refused = station.send()
    assert (refused.status_code, refused.json()["type"]) == (423, "urn:aoi:problem:station-locked")
    assert refused.json()["detail"] == f"tile is locked: it was never checked; {WAY_OUT}"
    assert "aoi station check tile" in refused.json()["hint"]
    assert "aoi station unlock tile --why" in refused.json()["hint"]
    with GrpcClient(Endpoint(by_grpc, "tile")) as client, pytest.raises(RpcError) as error:
        client.predict(picture_inputs([PICTURE]))
    assert (error.value.code, error.value.message) == ("FAILED_PRECONDITION", refused.json()["detail"])
    assert requests.post(f"{station.url}/v1/inspect/board", data=PICTURE, timeout=10).status_code == 200
    assert requests.get(f"{station.url}/readyz", timeout=10).status_code == 200
    check = station.check()
    assert (check["passed"], check["why"], check["number"], check["model"]) == (
        True,
        "",
        1,
        {"name": "tile", "version": 1},
    )
    assert station.send().status_code == 200
    standing = station.standing()
    assert (standing["locked"], standing["check"]["passed"], standing["plan"]["every_hours"]) == (None, True, 8.0)


def test_a_check_that_fails_locks_at_once_and_one_that_passes_unlocks(station: Checked) -> None:
    check = station.check(bad=0.2)
    assert not check["passed"]
    assert check["why"].startswith("1 defective part passed: bad; scores of 1 part drifted by up to 0.7")
    refused = station.send()
    assert refused.status_code == 423
    assert "failed: 1 defective part passed: bad" in refused.json()["detail"]
    form = {"left": PICTURE, "right": PICTURE}
    unit = requests.post(f"{station.url}/v1/units/SN1/inspect?product=motor", files=form, timeout=10)
    assert (unit.status_code, unit.json()["type"]) == (423, "urn:aoi:problem:station-locked")
    assert station.get("/v1/units/SN1").status_code == 404, "the other position was not inspected either"
    station.check()
    assert station.send().status_code == 200


def test_an_engineer_unlocks_with_a_reason_which_is_kept(station: Checked) -> None:
    assert station.check()["passed"]
    refused = station.unlock()
    assert (refused.status_code, refused.json()["detail"]) == (409, "tile is not locked")
    station.check(good=0.9)
    assert metric(station, "aoi_gateway_locked{") == ['aoi_gateway_locked{component="tile"} 1.0']
    unlocking = station.unlock()
    assert unlocking.status_code == 200
    assert metric(station, "aoi_gateway_locked{") == ['aoi_gateway_locked{component="tile"} 0.0']
    assert station.send().status_code == 200
    history = station.get("/v1/station/checks", component="tile", limit=1).json()
    assert [one["passed"] for one in history["checks"]] == [False]
    assert history["unlockings"] == [unlocking.json()]
    assert (unlocking.json()["who"], unlocking.json()["why"]) == ("Grace", "the lamp was changed")


def test_golden_pictures_are_marked_and_count_nowhere(station: Checked) -> None:
    station.check()
    counted, waiting = quality(station), station.get("/v1/reviews").json()
    verdicts = metric(station, 'aoi_gateway_verdicts_total{component="tile"')
    said = [station.golden(score) for score in (0.1, 0.45, 0.9)]
    assert [one["verdict"] for one in said] == ["PASS", "REVIEW", "FAIL"]
    assert all(one["check"] for one in said)
    station.check()
    rows = station.get("/v1/inspections", component="tile", role="check").json()["records"]
    assert {one["id"] for one in said} <= {one["id"] for one in rows}
    assert {(one["review"], one["chance"], one["picture"]["kept"]) for one in rows} == {(None, 0.0, False)}
    assert quality(station) == counted
    assert station.get("/v1/reviews").json() == waiting
    assert metric(station, 'aoi_gateway_verdicts_total{component="tile"') == verdicts
    assert station.inspect(0.1)["check"] is False
    assert quality(station) != counted


def test_a_golden_picture_is_judged_by_nobody(station: Checked) -> None:
    refused = station.judge(station.golden(0.9)["id"], verdict="good")
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:aoi:problem:no-such-result")
    assert "is of a check of the station" in refused.json()["detail"]


def test_what_has_no_plan_is_neither_checked_nor_unlocked(station: Checked) -> None:
    for answer in (
        station.unlock("board"),
        station.post(
            "/v1/station/checks",
            component="board",
            golden="ab" * 32,
            who="Ada",
            parts=[{"part": "bad", "defective": True, "inspection": "0" * 32, "scores": {}}],
        ),
    ):
        assert answer.status_code == 400
        assert "one with a plan in the routes' `checks` (tile)" in answer.json()["detail"]
    assert station.get("/v1/station").json()["components"][1] == {
        **dict.fromkeys(("plan", "due", "locked", "check", "unlocking")), "component": "board", "why": "",
    }  # fmt: skip


def test_a_lock_holds_at_every_gateway_of_a_database_and_after_a_restart(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "first", database=database) as gateway:
            first = Checked(gateway, server)
            with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "second", database=database) as other:
                second = Checked(other, server)
                first.check()
                while second.send().status_code == 423:
                    pass
                first.check(bad=0.1)
                while second.send().status_code != 423:
                    pass
            with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "second", database=database) as again:
                assert Checked(again, server).send().status_code == 423


def quality(station: Checked) -> Any:
    """Figures of the line, without what changes by itself."""
    found = station.get("/v1/quality").json()
    return [{**group, "key": None} for group in found["groups"]] if "groups" in found else found


def metric(station: Checked, name: str) -> list[str]:
    text = requests.get(f"{station.url}/metrics", timeout=10).text
    return [line for line in text.splitlines() if line.startswith(name)]
