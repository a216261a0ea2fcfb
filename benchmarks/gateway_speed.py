"""The gateway's speed: inspections a second with 16 clients and latency with one, beside a bare pass-through."""

import statistics
from pathlib import Path

from benchmarks.gateway_ways import BARE, NO_SYNC, RECORDING, SYNC, Row, gateway, pass_through
from benchmarks.serving import CLIENTS, Way, running
from benchmarks.serving_load import Load, measure

LEAST = {SYNC: 0.8, NO_SYNC: 0.9}
"""Of the pass-through's inspections a second."""
MOST_MS = 1.5
"""More than the pass-through, at the median."""
Measured = dict[tuple[str, int], list[Load]]


def measure_speed(server: Way, server_pid: int, model: Path, folder: Path, seconds: float, rounds: int) -> Measured:
    """Loads by way and number of clients; all ways take turns."""
    measured: Measured = {}
    for _ in range(rounds):
        _note(measured, server, seconds, server_pid)
        ways = [gateway([server], model, folder, recording) for recording in RECORDING]
        for way in (pass_through(server, model, folder), *ways):
            with running(way) as (pid, _):
                _note(measured, way, seconds, pid)
    return measured


def _note(measured: Measured, way: Way, seconds: float, pid: int) -> None:
    for clients in CLIENTS:
        measured.setdefault((way.name, clients), []).append(measure(way.target, clients, seconds, pid))


def show_speed(measured: Measured) -> None:
    """Prints the medians."""
    print(f"{'':28}{'clients':>9}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'others':>9}{'x bare':>9}")
    for (name, clients), found in measured.items():
        rate, p50, p99, cpu, others = (
            statistics.median(getattr(load, field) for load in found)
            for field in ("rate", "p50", "p99", "server_cpu", "foreign")
        )
        ratio = statistics.median(_ratios(measured, name, clients))
        print(f"{name:28}{clients:9}{rate:9.0f}{p50:9.2f}{p99:9.2f}{cpu:9.2f}{others:9.2f}{ratio:9.2f}")


def speed_rows(measured: Measured) -> list[Row]:
    """What has to be reached of it."""
    rows = []
    for name, least in LEAST.items():
        ratio = statistics.median(_ratios(measured, name, 16))
        rows.append(Row(f"{name}: rate, 16 clients", f"{ratio:.2f} x bare", f">= {least}", ratio >= least))
    for name in LEAST:
        both = zip(measured[name, 1], measured[BARE, 1], strict=True)
        more = statistics.median(ours.p50 - bare.p50 for ours, bare in both)
        rows.append(Row(f"{name}: median, 1 client", f"bare {more:+.2f} ms", f"<= +{MOST_MS} ms", more <= MOST_MS))
    return rows


def capacity(measured: Measured) -> float:
    """Inspections a second that a recording gateway can carry."""
    return statistics.median(load.rate for load in measured[SYNC, 16])


def _ratios(measured: Measured, name: str, clients: int) -> list[float]:
    """Of the rates, round by round."""
    both = zip(measured[name, clients], measured[BARE, clients], strict=True)
    return [load.rate / bare.rate for load, bare in both]
