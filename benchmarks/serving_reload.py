"""Reloads under load: 16 clients ask the model server all the time, and every minute a new version takes over.

    .venv/bin/python -m benchmarks.serving_reload --minutes 30

Our servable behind `aoi serve`, by gRPC, one JPEG a request. Each version is a copy of the first, moved into place at
once; the version before it is withdrawn when it has taken over, and its folder removed. `reload` is the time from the
new folder to the moment when only the new version is there, and a second more; the rest is `quiet`. Ends with exit code
1 if a request failed, if the slowest percent of the requests during reloads took three times as long as in quiet times
(medians over the reloads), or if the server's memory grew by more than a tenth after the first sixth of the time.
"""

import argparse
import asyncio
import bisect
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.version_watch import States, VersionWatch
from aoi_modules.modelstore import version_dir
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from benchmarks.serving import PREDICT, jpeg_request, written
from benchmarks.serving_load import Target, connect

CLIENTS = 16
SETTLED_SECONDS = 1.0
"""After the old version has gone, its memory is given back."""
LOAD_SECONDS = 60.0
SLOWER, GROWTH, WARM_PART = 3.0, 0.10, 6


@dataclass
class Traffic:
    """What the clients saw: when each answer came and after how long, in seconds; how calls failed."""

    ended: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    async def ask(self, target: Target) -> None:
        """One client, until `stopped`."""
        session = await connect(target)
        while not self.stopped:
            began = time.monotonic()
            try:
                await session.ask()
            except grpc.RpcError as error:
                self.failures[str(error)[:200]] += 1
            self.ended.append(time.monotonic())
            self.seconds.append(self.ended[-1] - began)
        await session.close()

    def slowest_percent(self, start: float, end: float) -> float:
        """The 99th percentile in milliseconds of the answers that came in a span of time."""
        span = slice(bisect.bisect(self.ended, start), bisect.bisect(self.ended, end))
        durations = sorted(self.seconds[span])
        return 1e3 * durations[int(0.99 * (len(durations) - 1))] if durations else float("nan")


@dataclass(frozen=True)
class Reload:
    """One change of version, with the quiet time before it."""

    version: int
    quiet: tuple[float, float]
    changing: tuple[float, float]
    memory: float
    """Megabytes of the server after it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--every", type=float, default=60.0, help="seconds from one reload to the next")
    chosen = parser.parse_args()
    if chosen.minutes * 60 < chosen.every:
        parser.error(f"--minutes: expected time for one reload, {chosen.every / 60:g} or more")
    with tempfile.TemporaryDirectory() as folder:
        base_path = written(Path(folder)).ours
        with EmbeddedServer({"tile": base_path}, flags=["--file_system_poll_wait_seconds=1"]) as server:
            traffic = Traffic()
            clients = threading.Thread(
                target=asyncio.run, args=(crowd(Target(server.grpc, jpeg_request(), PREDICT), traffic),)
            )
            clients.start()
            try:
                reloads = reload_often(server, base_path, traffic, chosen.minutes * 60, chosen.every)
            finally:
                traffic.stopped = True
                clients.join()
    return judge(reloads, traffic)


async def crowd(target: Target, traffic: Traffic) -> None:
    await asyncio.gather(*(traffic.ask(target) for _ in range(CLIENTS)))


def reload_often(
    server: EmbeddedServer, base_path: Path, traffic: Traffic, seconds: float, every: float
) -> list[Reload]:
    """Publishes version after version until the time is over, and prints a line for each."""
    process, reloads = psutil.Process(server.pid), []
    print(
        f"{'version':>8}{'requests':>10}{'failed':>8}{'quiet p99 ms':>14}{'reload p99 ms':>15}{'reload s':>10}{'MB':>7}"
    )
    end, version = time.monotonic() + seconds, 1
    with GrpcClient(Endpoint(server.grpc, "tile")) as client, VersionWatch(client) as watch:
        while (quiet := time.monotonic()) + every <= end:
            time.sleep(every)
            began, version = time.monotonic(), version + 1
            publish(base_path, version)
            watch.until(lambda states, version=version: alone(states, version), timeout=LOAD_SECONDS)  # type: ignore[misc]
            time.sleep(SETTLED_SECONDS)
            change = Reload(version, (quiet, began), (began, time.monotonic()), process.memory_info().rss / 1e6)
            shutil.rmtree(base_path / str(version - 1))
            reloads.append(change)
            print(
                f"{version:8}{len(traffic.ended):10}{traffic.failures.total():8}"
                f"{traffic.slowest_percent(*change.quiet):14.1f}{traffic.slowest_percent(*change.changing):15.1f}"
                f"{change.changing[1] - began - SETTLED_SECONDS:10.2f}{change.memory:7.0f}",
                flush=True,
            )
    return reloads


def publish(base_path: Path, version: int) -> None:
    with version_dir.staged(base_path, version) as folder:
        shutil.copytree(base_path / str(version - 1), folder, dirs_exist_ok=True)


def alone(states: States, version: int) -> bool:
    """A version answers and no other does."""
    return {one: state for one, state in states.items() if state != "END"} == {version: "AVAILABLE"}


def judge(reloads: Sequence[Reload], traffic: Traffic) -> int:
    """Says what came out, and the exit code."""
    quiet = statistics.median(traffic.slowest_percent(*one.quiet) for one in reloads)
    changing = statistics.median(traffic.slowest_percent(*one.changing) for one in reloads)
    warm = reloads[len(reloads) // WARM_PART :]
    growth = max(one.memory for one in warm) / warm[0].memory - 1
    print(
        f"\n{len(traffic.ended)} requests, {traffic.failures.total()} failed; p99 {quiet:.1f} ms, during reloads "
        f"{changing:.1f} ms ({changing / quiet:.2f} times); memory {warm[0].memory:.0f} MB, later at most {growth:+.1%}"
    )
    for words, count in traffic.failures.most_common(5):
        print(f"  {count} times: {words}")
    return int(bool(traffic.failures) or changing > SLOWER * quiet or growth > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
