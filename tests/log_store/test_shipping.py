"""Lines go from files to a store: in batches, in order, after it was away, and the last ones at the end."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aoi_modules.log_store import shipping
from aoi_modules.log_store.shipping import Shipper
from aoi_modules.log_store.victoria import LogStore
from aoi_modules.machine.free_ports import free_ports
from tests import services
from tests.log_store.stores import Door, VictoriaLogs


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "EVERY_SECONDS", 0.02)
    monkeypatch.setattr(shipping, "AWAY_SECONDS", 0.02)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def append(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.writelines(f"{text}\n" for text in texts)


def test_files_that_come_later_are_followed_and_the_last_lines_go_at_the_end(tmp_path: Path) -> None:
    said: list[str] = []
    with Door() as door:
        with Shipper(LogStore(door.url), said.append) as shipper:
            shipper.follow(tmp_path / "a", "gateway", "gateway-1")
            append(tmp_path / "a", "1", "2")
            until(lambda: door.texts == ["1", "2"])
            shipper.follow(tmp_path / "b", "model-sync", "model-sync")
            append(tmp_path / "b", "3")
            until(lambda: door.texts == ["1", "2", "3"])
            append(tmp_path / "a", *map(str, range(1000)))
        assert door.texts[3:] == list(map(str, range(1000)))
    assert said == []
    assert door.taken[-1]["stream"] == {"service": "gateway", "level": "unknown"}


def test_nothing_is_lost_where_the_store_comes_late_and_it_is_said_once(tmp_path: Path) -> None:
    (port,), said = free_ports(1), list[str]()
    append(tmp_path / "a", "1", "2")
    with Shipper(LogStore(f"http://127.0.0.1:{port}"), said.append) as shipper:
        shipper.follow(tmp_path / "a", "gateway", "gateway-1")
        until(lambda: len(said) == 1)
        time.sleep(0.2)
        append(tmp_path / "a", "3")
        with Door(port) as door:
            until(lambda: door.texts == ["1", "2", "3"])
            until(lambda: len(said) == 2)
    assert said[0].endswith("nobody answers there; the lines stay in their files and are sent later")
    assert said[1] == "the log store takes lines again"


def test_lines_that_are_refused_do_not_hold_up_those_behind_them(tmp_path: Path) -> None:
    said: list[str] = []
    with Door() as door, Shipper(LogStore(door.url), said.append) as shipper:
        door.status = 400
        append(tmp_path / "a", "1")
        shipper.follow(tmp_path / "a", "gateway", "gateway-1")
        until(lambda: len(said) == 1)
        door.status = 204
        append(tmp_path / "a", "2")
        until(lambda: door.texts == ["2"])
    assert said[0].endswith("it answered 400: ; 1 lines are in their files alone")


def test_a_log_that_cannot_be_read_is_told_and_read_later(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "a").mkdir()  # nothing can be read there
    with Door() as door, Shipper(LogStore(door.url), said.append) as shipper:
        shipper.follow(tmp_path / "a", "gateway", "gateway-1")
        until(lambda: bool(said))
        assert said[0].startswith("a log cannot be read: ")
        (tmp_path / "a").rmdir()
        append(tmp_path / "a", "1")
        until(lambda: door.texts == ["1"])


def test_an_end_without_a_store_is_soon(tmp_path: Path, free_port: int) -> None:
    append(tmp_path / "a", "1")
    with Shipper(LogStore(f"http://127.0.0.1:{free_port}"), lambda _: None) as shipper:
        shipper.follow(tmp_path / "a", "gateway", "gateway-1")
    assert (tmp_path / "a").read_text() == "1\n"


@services.need(services.VICTORIA_LOGS)
def test_a_real_store_that_was_killed_gets_every_line_when_it_is_there_again(tmp_path: Path) -> None:
    said: list[str] = []
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())  # a store refuses what is older than what it keeps
    with VictoriaLogs(tmp_path) as real, Shipper(LogStore(real.url), said.append) as shipper:
        shipper.follow(tmp_path / "a", "gateway", "gateway-1")
        append(tmp_path / "a", f'{{"event": "before", "timestamp": "{now}"}}')
        real.wait_for("_msg:=before", 1)
        real.kill()
        append(tmp_path / "a", *(f'{{"event": "later", "timestamp": "{now}", "n": {n}}}' for n in range(50)))
        until(lambda: len(said) == 1)
        real.start()
        assert sorted(int(one["n"]) for one in real.wait_for("_msg:=later", 50)) == list(range(50))
    assert said[1] == "the log store takes lines again"
