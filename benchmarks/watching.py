"""What watching costs: processor time an inspection with metrics and log lines, against the same without.

    .venv/bin/python -m benchmarks.watching --rounds 20

A model server and a gateway that records, twice. One pair counts, writes a line of JSON for each picture and each call
(`--log_calls`), and is asked for its metrics once in each measurement, more often than Prometheus asks. The other pair
does neither: the product has no way to turn them off, so `benchmarks/unwatched.py` does it in those processes
alone. Both run from the beginning to the end and take turns within a round, the other one first each time. Processor
time is that of gateway and model server together; the ratio is that of a round, and the figure their median.
"""

import argparse
import statistics
import tempfile
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.gateway import show
from benchmarks.gateway_ways import SYNC, Row, gateway, model_server
from benchmarks.serving import Way, free_port, running, written
from benchmarks.serving_load import measure

MOST = 1.03
"""Processor time with metrics and log lines, to that without."""
CLIENTS = 4
_MONITORING = "prometheus_config { enable: true }"
_PAGE = "/monitoring/prometheus/metrics"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=20)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = written(folder).ours
        config = folder / "monitoring.config"
        config.write_text(_MONITORING)
        rest = free_port()
        flags = (
            f"--rest_api_port={rest}",
            f"--monitoring_config_file={config}",
            "--log_calls=true",
            "--log_format=json",
        )
        watched_server = model_server(model)
        watched_server = replace(watched_server, command=[*watched_server.command, *flags])
        bare_server = _unwatched(model_server(model))
        with running(watched_server) as (first, _), running(bare_server) as (second, _):
            watched = gateway([watched_server], model, folder, SYNC)
            bare = _unwatched(gateway([bare_server], model, folder, SYNC))
            with running(watched) as (third, _), running(bare) as (fourth, _):
                pages = (f"http://{watched.target.address}/metrics", f"http://127.0.0.1:{rest}{_PAGE}")
                pairs = {True: (watched, (third, first)), False: (bare, (fourth, second))}
                show([_row(pairs, pages, chosen.seconds, chosen.rounds)])


def _row(pairs: dict[bool, tuple[Way, tuple[int, int]]], pages: Sequence[str], seconds: float, rounds: int) -> Row:
    ratios = []
    for number in range(rounds):
        cost = {}
        for watched in (True, False) if number % 2 else (False, True):
            way, (own, *others) = pairs[watched]
            asking = threading.Timer(1.0 + seconds / 2, _ask, [pages]) if watched else threading.Timer(0, _ask, [()])
            asking.start()
            cost[watched] = measure(way.target, CLIENTS, seconds, own, *others).server_cpu
            asking.join()
        ratios.append(cost[True] / cost[False])
        print(
            f"round {number + 1}: {cost[True]:.3f} ms with, {cost[False]:.3f} ms without, {ratios[-1]:.3f}", flush=True
        )
    low, ratio, high = statistics.quantiles(ratios, n=4) if rounds > 1 else (ratios[0],) * 3
    figure = f"{ratio:.3f} x without ({low:.3f} to {high:.3f})"
    return Row("metrics and logs: processor time", figure, f"<= {MOST}", ratio <= MOST)


def _ask(pages: Sequence[str]) -> None:
    for page in pages:
        with urllib.request.urlopen(page, timeout=30) as answer:
            answer.read()


def _unwatched(way: Way) -> Way:
    """The same process, which counts nothing and writes no line."""
    return replace(way, command=[word.replace("from aoi_modules.cli import main", _OFF) for word in way.command])


_OFF = "from benchmarks.unwatched import stop; stop(); from aoi_modules.cli import main"

if __name__ == "__main__":
    main()
