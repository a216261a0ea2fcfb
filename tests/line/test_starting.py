"""What is started, in which order, and with which words."""

import signal
from pathlib import Path

import pytest
import requests
import yaml

from aoi_modules.errors import AoiError
from aoi_modules.line.home import Home
from aoi_modules.line.part import answers
from aoi_modules.line.parts import Parts
from aoi_modules.line.ports import choose
from aoi_modules.line.starting import Starter
from tests import services
from tests.postgresql import PostgreSQL

ROUTES = 'components: {tile: {model: tile, upstream: "127.0.0.1:1"}}'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "routes.yaml").write_text(ROUTES)
    return Home(tmp_path)


def test_what_is_not_installed_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home.folder))
    with Parts() as parts:
        assert Starter(home, choose(0, 0), None, parts).watchers() == ["prometheus", "node exporter"]
        assert parts.all == []


def test_both_gateways_share_what_is_recorded(home: Home) -> None:
    ports = choose(0, 0)
    with Parts() as parts:
        Starter(home, ports, None, parts).gateways()
        for port in (ports.pages, ports.second):
            parts.wait(answers(f"http://127.0.0.1:{port}/v1/inspections"), "a gateway with its database")
        assert not any(part.ready() for part in parts.all), "without its model server nobody is ready"
    assert home.database.is_file()
    assert [part.child.exit_code for part in parts.all] == [0, 0]


def test_a_database_that_cannot_be_migrated_ends_the_start(home: Home, free_port: int) -> None:
    url = f"postgresql://aoi:secret@127.0.0.1:{free_port}/line"
    with Parts() as parts, pytest.raises(AoiError) as caught:
        Starter(home, choose(0, 0), url, parts).gateways()
    assert "postgresql://aoi:***@127.0.0.1" in caught.value.message
    assert "secret" not in caught.value.message
    assert parts.all == []


@services.need(services.POSTGRESQL)
def test_postgresql_gets_its_tables_before_the_gateways_start(home: Home, postgresql: PostgreSQL) -> None:
    ports, url = choose(0, 0), postgresql.new_database()
    with Parts() as parts:
        Starter(home, ports, url, parts).gateways()
        for port in (ports.pages, ports.second):
            parts.wait(answers(f"http://127.0.0.1:{port}/v1/inspections"), "a gateway with its database")
        for part in parts.all:
            words = Path(f"/proc/{part.child.pid}/cmdline").read_text()
            assert postgresql.password not in words, "a list of processes shows no password"
    assert not home.database.exists()


@services.need(services.PROMETHEUS, services.NODE_EXPORTER)
def test_prometheus_asks_the_parts(home: Home) -> None:
    ports = choose(0, 0)
    with Parts() as parts:
        assert Starter(home, ports, None, parts).watchers() == []
        parts.wait_for_all()
        url = f"http://127.0.0.1:{ports.prometheus}/api/v1/status/config"
        told = yaml.safe_load(requests.get(url, timeout=10).json()["data"]["yaml"])
        jobs = {job["job_name"] for job in told["scrape_configs"]}
        assert jobs == {"gateway", "model-server", "prometheus", "node"}
    assert {part.child.exit_code for part in parts.all} <= {0, 128 + signal.SIGTERM}
