"""What is started, in which order, and with which words."""

import signal
import time
from pathlib import Path

import pytest
import requests
import yaml

from aoi_modules.child_process import Child
from aoi_modules.errors import AoiError
from aoi_modules.line.home import Home
from aoi_modules.line.part import answers
from aoi_modules.line.parts import Parts
from aoi_modules.line.ports import choose
from aoi_modules.line.starting import Starter
from aoi_modules.log_store.victoria import HEALTH, LogStore
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
        assert Starter(home, choose(0, 0), None, parts, print).watchers() == [
            "prometheus",
            "node exporter",
            "log store",
        ]
        assert parts.all == []


def test_both_gateways_share_what_is_recorded(home: Home) -> None:
    ports = choose(0, 0)
    with Parts() as parts:
        Starter(home, ports, None, parts, print).gateways()
        for port in (ports.pages, ports.second):
            parts.wait(answers(f"http://127.0.0.1:{port}/v1/inspections"), "a gateway with its database")
        assert not any(part.ready() for part in parts.all), "without its model server nobody is ready"
    assert home.database.is_file()
    assert [part.child.exit_code for part in parts.all] == [0, 0]


def test_a_database_that_cannot_be_migrated_ends_the_start(home: Home, free_port: int) -> None:
    url = f"postgresql://aoi:secret@127.0.0.1:{free_port}/line"
    with Parts() as parts, pytest.raises(AoiError) as caught:
        Starter(home, choose(0, 0), url, parts, print).gateways()
    assert "postgresql://aoi:***@127.0.0.1" in caught.value.message
    assert "secret" not in caught.value.message
    assert parts.all == []


@services.need(services.POSTGRESQL)
def test_postgresql_gets_its_tables_before_the_gateways_start(home: Home, postgresql: PostgreSQL) -> None:
    ports, url = choose(0, 0), postgresql.new_database()
    with Parts() as parts:
        Starter(home, ports, url, parts, print).gateways()
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
        assert set(Starter(home, ports, None, parts, print).watchers()) <= {"log store"}
        parts.wait_for_all()
        url = f"http://127.0.0.1:{ports.prometheus}/api/v1/status/config"
        told = yaml.safe_load(requests.get(url, timeout=10).json()["data"]["yaml"])
        jobs = {job["job_name"] for job in told["scrape_configs"]}
        assert jobs == {"gateway", "model-server", "prometheus", "node"}
        rules = requests.get(f"http://127.0.0.1:{ports.prometheus}/api/v1/rules", timeout=10).json()["data"]["groups"]
        names = {rule["name"] for group in rules for rule in group["rules"]}
        assert {"GatewayDown", "ModelServerDown"} <= names
    assert {part.child.exit_code for part in parts.all} <= {0, 128 + signal.SIGTERM}


@services.need(services.VICTORIA_LOGS)
def test_lines_of_the_services_are_in_the_log_store_until_the_last_one(home: Home) -> None:
    ports, said = choose(0, 0), list[str]()
    with Parts() as parts:
        starter = Starter(home, ports, None, parts, said.append)
        starter.watchers()
        starter.gateways()
        (row,) = [part for part in parts.all if part.name == "log store"]
        assert row.where == f"http://127.0.0.1:{ports.log_store}/select/vmui/"
        for port in (ports.pages, ports.second):
            parts.wait(answers(f"http://127.0.0.1:{port}/v1/inspections"), "a gateway with its database")
    store = home.folder / "log-store"
    with Child(["victoria-logs", f"-storageDataPath={store}", f"-httpListenAddr=127.0.0.1:{ports.log_store}"],
               home.folder / "again.log"), LogStore(f"http://127.0.0.1:{ports.log_store}") as again:  # fmt: skip
        until_ready(again)
        found = again.ask('{service="gateway",level="info"}', 100)
    assert {(one["_msg"], one["instance"]) for one in found} >= {
        (event, f"gateway-{number}") for event in ("listening", "stopped") for number in (1, 2)
    }
    assert said == []


def until_ready(store: LogStore) -> None:
    end = time.monotonic() + 240
    while not answers(store.url + HEALTH)():
        assert time.monotonic() < end
        time.sleep(0.1)
