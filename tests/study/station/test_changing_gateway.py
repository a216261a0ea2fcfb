"""A gateway goes by changed routes when `change` returns, and says why it refuses others."""

from pathlib import Path

import pytest
import requests

from aoi_modules.errors import AoiError, CourseError
from aoi_modules.study.station.changing_gateway import ChangingGateway
from tests.study.station.conftest import SmallLine


def test_changed_routes_hold_when_the_call_returns(small_line: SmallLine) -> None:
    more = {"components": {**small_line.routes["components"], "lid": small_line.routes["components"]["tile"]}}
    small_line.gateway.change(more)
    url = f"{small_line.gateway.url}/v1/components"
    assert {one["component"] for one in requests.get(url, timeout=10).json()["components"]} == {"tile", "lid"}
    small_line.gateway.change(small_line.routes)
    assert {one["component"] for one in requests.get(url, timeout=10).json()["components"]} == {"tile"}


def test_routes_that_are_none_are_refused_with_the_reason_and_the_old_ones_stay(small_line: SmallLine) -> None:
    with pytest.raises(CourseError, match="upstream"):
        small_line.gateway.change({"components": {"tile": {"model": "tile"}}})
    url = f"{small_line.gateway.url}/v1/components"
    assert [one["component"] for one in requests.get(url, timeout=10).json()["components"]] == ["tile"]
    small_line.gateway.change(small_line.routes)


def test_its_files_go_with_it() -> None:
    with ChangingGateway({"components": {"tile": {"model": "tile", "upstream": "127.0.0.1:1"}}}) as gateway:
        folder = gateway.results.parent
        assert (folder / "routes.yaml").is_file()
    assert not folder.exists()


def test_one_that_does_not_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(AoiError, match="upstream"):
        ChangingGateway({"components": {"tile": {"model": "tile"}}})
    assert list(tmp_path.glob("aoi-gateway-*")) == []
