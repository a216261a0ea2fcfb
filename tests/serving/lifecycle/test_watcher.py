"""One watching thread."""

import time
from pathlib import Path

from aoi_modules.serving.lifecycle.stream import Retries, Stream
from aoi_modules.serving.lifecycle.watcher import Watcher
from aoi_modules.serving.model_config import ServedModel
from tests.serving.calls import wait_for
from tests.serving.fake_engine import Loads


def watched(base: Path, loads: Loads, *, poll_seconds: float, retries: Retries | None = None) -> Watcher:
    watcher = Watcher(Stream(ServedModel("m", base), loads, retries or Retries(0, seconds=60)), poll_seconds)
    watcher.start()
    return watcher


def test_it_polls_again_and_again(tmp_path: Path) -> None:
    watcher = watched(tmp_path, Loads(), poll_seconds=0.02)
    (tmp_path / "1").mkdir()
    wait_for(lambda: watcher.stream.serves(1), bool)
    watcher.stop()
    assert watcher.join(5)


def test_it_polls_when_it_is_told(tmp_path: Path) -> None:
    watcher = watched(tmp_path, Loads(), poll_seconds=0)
    wait_for(lambda: watcher.stream.polled, bool)
    (tmp_path / "1").mkdir()
    time.sleep(0.05)
    assert not watcher.stream.serves(1)
    watcher.poll()
    wait_for(lambda: watcher.stream.serves(1), bool)
    watcher.stop()
    assert watcher.join(5)


def test_a_failed_load_is_repeated_without_polling(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "broken").touch()
    loads = Loads()
    watcher = watched(tmp_path, loads, poll_seconds=0, retries=Retries(2, seconds=0.05))
    wait_for(lambda: loads.tried, lambda tried: tried == [1, 1, 1])
    watcher.stop()
    assert watcher.join(5)


def test_a_poll_that_fails_is_not_the_last(tmp_path: Path) -> None:
    watcher = watched(tmp_path, Loads(), poll_seconds=0)
    wait_for(lambda: watcher.stream.polled, bool)
    watcher.stream.configure(ServedModel("m", None))  # type: ignore[arg-type]
    watcher.poll()
    wait_for(lambda: watcher.stream.polled, bool)
    (tmp_path / "1").mkdir()
    watcher.stream.configure(ServedModel("m", tmp_path))
    watcher.poll()
    wait_for(lambda: watcher.stream.serves(1), bool)
    watcher.stop()


def test_a_dropped_model_is_unloaded_when_its_thread_ends(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    loads = Loads()
    watcher = watched(tmp_path, loads, poll_seconds=0)
    wait_for(lambda: watcher.stream.serves(1), bool)
    watcher.stream.drop()
    watcher.stop()
    assert watcher.join(5)
    assert loads.engines[1].closed
