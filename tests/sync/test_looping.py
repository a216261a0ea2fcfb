"""Round after round: trouble is said once, signals end it cleanly, kills leave nothing broken."""

import io
import json
import logging
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules import logs
from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.sweeping import Swept, sweep
from aoi_modules.object_store.interface import Objects
from aoi_modules.sync import config_file
from aoi_modules.sync.looping import Looping, Stopped, in_words
from aoi_modules.sync.plan import Serving
from aoi_modules.sync.rounds import Done, Place
from aoi_modules.sync.servers import Servers
from tests.client.model_server import ModelServer
from tests.in_process import logging_kept
from tests.modelstore.registry.servables import write_version

SYNC = "import sys; from aoi_modules.cli import main; main()"


def looping(objects: Objects, models: Path, *addresses: str, health: Path | None = None) -> Looping:
    place = Place(models, models / "models.config", models, settle=0.0, grace=0.0)
    return Looping(objects, place, Servers(addresses), health=health)


def wait_for(what: Callable[[], bool], seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.02)


@contextmanager
def running(loop: Looping, every: float) -> Iterator[None]:
    """A loop in a thread, which comes to its end with the block."""
    thread = threading.Thread(target=loop.run, args=(every,))
    thread.start()
    try:
        yield
    finally:
        loop.stop()
        thread.join(60)
    assert not thread.is_alive()


def test_trouble_is_said_once_and_the_end_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    loop = looping(objects, tmp_path / "models")
    caplog.set_level(logging.INFO, "aoi_modules")
    with running(loop, 0.02):
        wait_for((tmp_path / "models" / "models.config").is_file)
        (tmp_path / "registry").rename(tmp_path / "elsewhere")
        wait_for(lambda: "lists no models any more" in caplog.text)
        time.sleep(0.2)
        (tmp_path / "elsewhere").rename(tmp_path / "registry")
        wait_for(lambda: "all is in step again" in caplog.text)
    assert caplog.text.count("lists no models any more; what is served stays; it is tried again") == 1
    assert caplog.messages.count("brought") == caplog.messages.count("served") == 1
    assert caplog.messages[-1] == "stopped"


def test_a_round_that_is_told_to_stop_stops(tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    loop = looping(objects, tmp_path / "models")
    loop.stop()
    with pytest.raises(Stopped):
        loop.once()
    loop.run(0.1)
    assert not (tmp_path / "models" / "models.config").exists()


def test_a_label_follows_a_server_without_waiting_for_the_next_look(tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    label(objects, "tile", "stable", 1, who="me")
    with ModelServer() as server:
        loop = looping(objects, tmp_path / "models", server.address)
        loop.once()
        push(objects, write_version(tmp_path, "tile", 2), who="me")
        label(objects, "tile", "stable", 2, who="me")
        config = tmp_path / "models" / "models.config"
        with running(loop, 3600.0):
            wait_for(lambda: config_file.read(config)["tile"] == Serving((1, 2), {"stable": 1}))
            server.states = {1: "END", 2: "AVAILABLE"}
            wait_for(lambda: config_file.read(config)["tile"] == Serving((2,), {"stable": 2}))
            wait_for(lambda: version_dir.versions(tmp_path / "models" / "tile") == [2])


def test_health_says_when_a_round_came_to_its_end_and_how(tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    health = tmp_path / "run" / "sync.json"
    loop = looping(objects, tmp_path / "models", health=health)
    loop.once()
    assert json.loads(health.read_bytes())["problems"] == [f"the registry {objects.name} has no models"]
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    loop.once()
    told = json.loads(health.read_bytes())
    assert (told["served"], told["problems"], told["pending"]) == ({"tile": [1]}, [], False)
    assert abs(told["time"] - time.time()) < 60


def test_each_version_has_its_lines(tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    for version in (1, 2):
        push(objects, write_version(tmp_path, "tile", version), who="me")
    label(objects, "tile", "stable", 1, who="me")
    stream = io.StringIO()
    with logging_kept():
        logs.set_up("json", stream)
        loop = looping(objects, tmp_path / "models")
        loop.once()
        label(objects, "tile", "canary", 1, who="me")
        loop.once()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    about = [tuple(line.get(name) for name in ("event", "model", "version", "labels")) for line in lines]
    assert [line for line in about if line[1]] == [
        ("brought", "tile", 1, None),
        ("brought", "tile", 2, None),
        ("served", "tile", 1, "stable"),
        ("served", "tile", 2, None),
        ("served", "tile", 1, "canary, stable"),
    ]
    assert {line["level"] for line in lines} == {"info"}


def test_what_is_served_in_words() -> None:
    served = {"tile": Serving((3, 4), {"stable": 3, "canary": 4}), "pcb": Serving((1,)), "gone": Serving()}
    assert in_words(Done((), (), True, served, False, ())) == "pcb 1; tile 3, 4 (canary 4, stable 3)"


def start(place: str, models: Path, *more: str) -> "subprocess.Popen[str]":
    words = ["registry", "sync", "--registry", place, "--models", str(models), "--settle", "0", "--grace", "0"]
    return subprocess.Popen(
        [sys.executable, "-c", SYNC, *words, "--every", "0.1", *more], stderr=subprocess.PIPE, text=True
    )


ENDED_WHILE_IT_WAITS = """
import os, signal, sys
from aoi_modules.cli import main
from aoi_modules.sync.looping import Looping
lines, tell = 0, Looping._tell
def trace(frame, event, argument):
    global lines
    code, caller = frame.f_code, frame.f_back
    waits = code.co_name == "wait" and caller.f_code.co_filename.endswith("looping.py")
    if event == "line" and (waits or (code.co_name == "_pause" and code.co_filename.endswith("looping.py"))):
        lines += 1
        if lines == 2:  # what it waits by is taken hold of in the first
            os.kill(os.getpid(), signal.SIGTERM)
    return trace
def told(self, problems):
    tell(self, problems)
    sys.settrace(trace)  # what is called from now on
Looping._tell = told
main()
"""


def test_a_signal_in_the_moment_in_which_it_begins_to_wait_ends_it(tmp_path: Path) -> None:
    words = ["registry", "sync", "--registry", str(tmp_path / "registry"), "--models", str(tmp_path / "models")]
    sync = subprocess.Popen([sys.executable, "-c", ENDED_WHILE_IT_WAITS, *words], stderr=subprocess.PIPE, text=True)
    try:
        said = sync.communicate(timeout=120)[1]
    finally:
        sync.kill()
    assert sync.returncode == 0, said
    assert "stopped" in said


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    push(open_registry(str(tmp_path / "registry")), write_version(tmp_path, "tile", 1), who="me")
    sync = start(str(tmp_path / "registry"), tmp_path / "models")
    wait_for((tmp_path / "models" / "models.config").is_file)
    sync.send_signal(signal.SIGTERM)
    said = sync.communicate(timeout=30)[1]
    assert sync.returncode == 0
    assert "stopped" in said
    assert "Traceback" not in said


def check_whole(models: Path) -> tuple[int, ...]:
    """All that a server would load is whole; gives what it would serve."""
    for version in version_dir.versions(models / "tile"):
        version_dir.verify(models / "tile" / str(version))
    served = config_file.read(models / "models.config").get("tile", Serving())
    assert set(served.versions) <= set(version_dir.versions(models / "tile"))
    assert set(served.labels.values()) <= set(served.versions)
    return served.versions


def kill_syncs(place: str, tmp_path: Path, *, pushes: int, luck: random.Random) -> None:
    """Pushes versions while a sync is killed at random; what a server would load is whole at each moment."""
    objects = open_registry(place)
    models = tmp_path / "models"
    for number in range(1, pushes + 1):
        push(objects, write_version(tmp_path / "source", "tile", number, size=2_000_000), who="me")
        label(objects, "tile", "stable", number, who="me")
        sync = start(place, models)
        time.sleep(luck.uniform(0.5, 1.5))
        sync.kill()
        sync.communicate(timeout=30)
        check_whole(models)
    sync = start(place, models)
    wait_for(lambda: config_file.read(models / "models.config").get("tile") == Serving((pushes,), {"stable": pushes}))
    wait_for(lambda: [path.name for path in (models / "tile").iterdir()] == [str(pushes)])
    sync.terminate()
    sync.communicate(timeout=30)
    assert check_whole(models) == (pushes,)
    assert sweep(objects, timedelta(0)) == Swept((), ())
    objects.close()


def test_a_killed_sync_leaves_whole_versions_and_the_next_one_goes_on(tmp_path: Path) -> None:
    kill_syncs(str(tmp_path / "registry"), tmp_path, pushes=3, luck=random.Random(7))
