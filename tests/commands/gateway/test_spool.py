"""`aoi gateway empty`, as preStop and as a Job call it."""

from pathlib import Path

import pytest

from tests.in_process import aoi
from tests.results.records import record
from tests.results.test_emptying import leave, stored

ROUTES = 'components: {tile: {model: tile, upstream: "127.0.0.1:1"}}'


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES)
    return path


def test_what_a_gateway_left_is_stored(tmp_path: Path, routes: Path) -> None:
    kept = record()
    leave(tmp_path / "results", kept)
    ended = aoi("gateway", "empty", "--results", tmp_path / "results", "--routes", routes)
    assert ended.returncode == 0, ended.stderr
    assert "bytes of the spool were stored" in ended.stdout
    assert stored(tmp_path / "results" / "results.sqlite", kept.id) == {kept.id}
    ended = aoi("gateway", "empty", "--results", tmp_path / "results", "--running")
    assert (ended.returncode, ended.stdout) == (0, "nothing is left in the spool\n")


def test_what_does_not_get_away_in_time_is_said(tmp_path: Path) -> None:
    leave(tmp_path / "results", record())
    ended = aoi("gateway", "empty", "--results", tmp_path / "results", "--running", "--within", 0.2)
    assert ended.returncode == 1
    assert "bytes are still in the spool after 0.2 s" in ended.stderr


def test_the_routes_are_needed_where_no_gateway_runs(tmp_path: Path) -> None:
    ended = aoi("gateway", "empty", "--results", tmp_path / "results")
    assert (ended.returncode, "--routes: expected the gateway's file of routes" in ended.stderr) == (2, True)
