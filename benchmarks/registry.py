"""The registry on a real SeaweedFS: how long a list and a sync take, and what kills at random leave.

    .venv/bin/python -m benchmarks.registry
    .venv/bin/python -m benchmarks.registry --only kills --pushes 50 --seed 7

1. `list`: 1,000 versions of a model, ten of them labelled, listed in this process, and by `aoi registry list` as a
   process of its own. The bound is 1 s.
2. `sync`: 20 models of 1 MB come; then a second look, which finds all as it was, and downloads nothing. The bound of
   the second is 1 s.
3. `kills`: so many pushes, each a process, of which every other one is killed at a random moment; a sync, which is
   killed again and again; an `aoi serve` on its folder, asked without a pause. It fails where the server could not load
   a version, an answer was an error or wrong, a version that a push told of is not there or not whole, or anything is
   left in the end.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from aoi_modules.child_process import ChildProcess
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.errors import RpcError
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pulling import pull
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.records import StoredFile, Version
from aoi_modules.modelstore.registry.sweeping import sweep
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.parallel import side_by_side
from aoi_modules.sync.looping import Looping
from aoi_modules.sync.rounds import Place
from aoi_modules.sync.servers import Servers
from tests.client.servables import write_lamp
from tests.modelstore.registry.servables import write_version
from tests.seaweedfs import SeaweedFS, running_seaweedfs

TIMES = 7
SETTLE_SECONDS = 600
VERSIONS, MODELS = 1000, 20
AOI = [sys.executable, "-c", "from aoi_modules.cli import main; main()", "registry"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", choices=["list", "sync", "kills"])
    arguments.add_argument("--pushes", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args()
    with running_seaweedfs() as store, tempfile.TemporaryDirectory(prefix="aoi-registry-") as folder:
        os.environ.update(store.keys)
        if chosen.only in (None, "list"):
            measure_list(store)
        if chosen.only in (None, "sync"):
            measure_sync(store, Path(folder))
        if chosen.only in (None, "kills"):
            kills(store, Path(folder), chosen.pushes, random.Random(chosen.seed))


def measure_list(store: SeaweedFS) -> None:
    """1,000 versions as pushes make them visible."""
    place = store.new_place()
    objects = open_registry(place)
    paths = (layout.SUMS_FILE, *(f"{number}.bin" for number in range(7)))
    files = {path: StoredFile(sha256="0" * 64, size=1000) for path in paths}

    def claim(number: int) -> None:
        record = Version(name="tile", version=number, upload="ab", files=files, time=datetime.now(UTC), who="me")
        objects.create(addresses.version_key("tile", number), record.to_json())

    side_by_side(claim, range(1, VERSIONS + 1))
    for number in range(10):
        label(objects, "tile", f"line_{number}", VERSIONS - number, who="me")

    def listed() -> None:
        found = catalogue.models(objects)
        require(len(found[0].versions) == VERSIONS, "versions are missing in the list")
        require(len(catalogue.labels(objects, found)["tile"]) == 10, "labels are missing")

    show("list of 1,000 versions on S3", [timed(listed) for _ in range(TIMES)], bound=1.0)
    command = [*AOI, "list", "--registry", place]
    show("  `aoi registry list`, Python's start included", [timed(lambda: run(command)) for _ in range(3)])
    objects.close()


def measure_sync(store: SeaweedFS, folder: Path) -> None:
    """20 models that come, and then do not change."""
    objects = open_registry(store.new_place())
    for number in range(MODELS):
        name = f"model{number:02d}"
        push(objects, write_version(folder / "source", name, 1, size=1_000_000), who="me")
        label(objects, name, "stable", 1, who="me")
    models = folder / "models"
    looping = Looping(objects, Place(models, models / "models.config", models), Servers([]))
    show(f"first sync of {MODELS} models of 1 MB", [timed(lambda: looping.once())])
    came = [path.stat().st_mtime_ns for path in sorted(models.rglob("*")) if path.is_file()]
    show("second sync, nothing changed", [timed(lambda: looping.once()) for _ in range(TIMES)], bound=1.0)
    require(
        came == [path.stat().st_mtime_ns for path in sorted(models.rglob("*")) if path.is_file()],
        "a second sync wrote something",
    )
    objects.close()


def kills(store: SeaweedFS, folder: Path, pushes: int, luck: random.Random) -> None:
    """Pushes and syncs that are killed, under a server that is asked all the time."""
    place = store.new_place()
    objects, models = open_registry(place), folder / "served"
    lamp = write_lamp(folder / "lamp") / "1"
    push(objects, lamp, who="me")
    here = Place(models, models / "models.config", models)
    Looping(objects, here, Servers([])).once()
    with serving(here.config) as server:
        address = f"127.0.0.1:{server.ports['grpc']}"
        over = threading.Event()
        watch = Watch(address, Golden.read(lamp))
        threads = [threading.Thread(target=watch.ask, args=(over,)), threading.Thread(target=watch.look, args=(over,))]
        follower = Follower(place, models, address, luck)
        threads.append(threading.Thread(target=follower.run, args=(over,)))
        for thread in threads:
            thread.start()
        told = [1, *pushed(place, lamp, pushes, luck)]
        last = push(objects, lamp, who="me").version
        over.set()
        for thread in threads:
            thread.join()
        syncs = follower.kills
        settle(follower, models, last, address)
        require("cannot be loaded" not in server.log_tail(100_000), server.log_tail(50))
    there = check(objects, told, folder)
    require(sorted(path.name for path in (models / "lamp").iterdir()) == [str(last)], "something is left")
    watch.check()
    print(
        f"{pushes} pushes, {pushes - len(told) + 1} killed before they told of a version; {len(there)} versions, all"
        f" whole; sync killed {syncs} times; {watch.answers} answers by {len(watch.answered)} versions, none wrong"
    )
    objects.close()


def pushed(place: str, lamp: Path, pushes: int, luck: random.Random) -> Iterator[int]:
    """The versions that pushes told of; every other push is killed at a random moment."""
    takes = timed(lambda: run([*AOI, "push", str(lamp), "--registry", place]))
    for number in range(pushes):
        process = subprocess.Popen([*AOI, "push", str(lamp), "--registry", place], stdout=subprocess.PIPE, text=True)
        if number % 2:
            time.sleep(luck.uniform(0.3 * takes, takes))
            process.kill()
        said = process.communicate()[0]
        require(number % 2 or process.returncode == 0, "a push failed")
        if said:
            yield int(said.strip().rpartition(":")[2])


class Follower:
    """A sync that is killed at random moments and started again."""

    def __init__(self, place: str, models: Path, address: str, luck: random.Random) -> None:
        self._command = [*AOI, "sync", "--registry", place, "--models", str(models), "--server", address]
        self._luck = random.Random(luck.random())
        self.log = models.with_name("sync.log")
        self.kills = 0

    def start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen([*self._command, "--every", "0.5"], stderr=log)

    def run(self, over: threading.Event) -> None:
        while not over.is_set():
            process = self.start()
            over.wait(self._luck.uniform(1, 6))
            process.kill()
            process.wait()
            self.kills += 1


class Watch:
    """Who asks a server all the time, and looks at what it has loaded."""

    def __init__(self, address: str, truth: Golden) -> None:
        self._address = address
        self._truth = truth
        self._wrong: list[str] = []
        self.answers = 0
        self.answered: set[int | None] = set()

    def ask(self, over: threading.Event) -> None:
        with GrpcClient(Endpoint(self._address, "lamp")) as client:
            while not over.is_set():
                try:
                    answer = client.predict_pictures(self._truth.pictures)
                except RpcError as error:
                    self._wrong.append(error.message)
                    continue
                self.answers += 1
                self.answered.add(answer.version)
                if not np.allclose(answer.scores["glare"], self._truth.scores["glare"], atol=1e-4):
                    self._wrong.append(f"version {answer.version} answers otherwise")

    def look(self, over: threading.Event) -> None:
        with GrpcClient(Endpoint(self._address, "lamp")) as client:
            while not over.wait(0.05):
                try:
                    self._wrong += [f"{one.version}: {one.message}" for one in client.status() if one.code != "OK"]
                except RpcError as error:
                    self._wrong.append(error.message)

    def check(self) -> None:
        """Fails where anything was wrong."""
        require(not self._wrong, self._wrong[:5])
        require(self.answers, "nobody was answered")


def settle(follower: Follower, models: Path, last: int, address: str) -> None:
    """Lets a sync come to its end, and the server to the newest version."""
    process = follower.start()
    with GrpcClient(Endpoint(address, "lamp")) as client:
        end = time.monotonic() + SETTLE_SECONDS
        while [path.name for path in (models / "lamp").iterdir()] != [str(last)] or client.manifest().version != last:
            require(time.monotonic() < end, lambda: why_not(models, last, client, follower))
            time.sleep(0.1)
    process.terminate()
    require(process.wait(60) == 0, "the sync did not end cleanly")


def why_not(models: Path, last: int, client: GrpcClient, follower: Follower) -> str:
    """All that tells why it does not come to its end."""
    here = sorted(path.name for path in (models / "lamp").iterdir())
    states = [f"{one.version} {one.state} {one.message}".strip() for one in client.status()]
    said = follower.log.read_text().splitlines()[-20:]
    return "\n".join(
        [
            f"it does not come to version {last} alone after {SETTLE_SECONDS} s",
            f"here: {here}",
            f"server: {states}",
            (models / "models.config").read_text(),
            *said,
        ]
    )


def check(objects: Objects, told: list[int], folder: Path) -> list[int]:
    """All versions are whole, those that pushes told of among them, and no upload is left."""
    there = catalogue.numbers(objects, "lamp")
    require(set(told) <= set(there), "a version is lost")
    records = [catalogue.version(objects, "lamp", number) for number in there]
    for record in records:
        version_dir.verify(pull(objects, record, folder / "checked"))
    left = len(sweep(objects, timedelta(0)).gone)
    uploads = {entry.key.split("/")[2] for entry in objects.listed(addresses.UPLOADS)}
    require(uploads == {record.upload for record in records}, "an upload is left")
    require(not list(objects.listed(addresses.PENDING)), "a note of an upload is left")
    print(f"{left} uploads of killed pushes were swept")
    return there


def serving(config: Path) -> ChildProcess:
    """The server of a folder."""
    return ChildProcess(
        [
            "serve", "--port=any", "--rest_api_port=0", "--engine=openvino", f"--model_config_file={config}",
            "--model_config_file_poll_wait_seconds=0.2", "--file_system_poll_wait_seconds=0.2",
        ]
    )  # fmt: skip


def require(holds: object, otherwise: object) -> None:
    """Ends the benchmark where something does not hold."""
    if not holds:
        raise SystemExit(f"FAILED: {otherwise() if callable(otherwise) else otherwise}")


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def timed(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def show(what: str, seconds: list[float], bound: float | None = None) -> None:
    """A line of the table."""
    median, slowest = statistics.median(seconds), max(seconds)
    against = "" if bound is None else f"  bound {bound:g} s: {'holds' if slowest < bound else 'BROKEN'}"
    print(f"{what:<52} median {median:6.3f} s, slowest {slowest:6.3f} s{against}", flush=True)


if __name__ == "__main__":
    main()
