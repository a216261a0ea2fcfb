"""The gateway under load when something is amiss: a shadow beside it, a model server that dies, too many pictures."""

import asyncio
import os
import re
import signal
import statistics
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.gateway_ways import DEADLINE_MS, Row, gateway, model_server
from benchmarks.open_load import Call, at_rate, percentile
from benchmarks.serving import Way, running

MOST_SHADOWED, LEAST_COMPARED = 1.1, 0.9
LATE_MS = DEADLINE_MS + 100
BACK_SECONDS = 2.0
MOST_CROWDED, AT_ONCE_MS = 2.0, 100.0
REFUSED = (429, 503)


def shadow_rows(server: Way, model: Path, folder: Path, rate: float, seconds: float, rounds: int) -> list[Row]:
    """The line's p99 with a shadow and without, in turns; and how many pictures the shadow was asked about.

    The shadow's model shares the processor with the line's, so half of the load with it is more than half of the work.
    """
    other = model_server(model)
    shadow = f', shadow: {{upstream: "{other.target.address}"}}'
    alone, shadowed = gateway([server], model, folder), gateway([server], model, folder, more=shadow)
    ratios: list[float] = []
    with running(other), running(alone), running(shadowed):
        for way in (alone, shadowed):
            asyncio.run(at_rate(way.target, rate, 1.0))
        for _ in range(rounds):
            first, second = (
                percentile(asyncio.run(at_rate(way.target, rate, seconds)), 99) for way in (alone, shadowed)
            )
            print(f"shadow at {rate:.0f}/s: p99 {first:.1f} ms alone, {second:.1f} ms with it")
            ratios.append(second / first)
        outcomes = {
            outcome: counted(shadowed, "shadows_total", outcome) for outcome in ("same", "other", "skipped", "failed")
        }
    ratio, compared = statistics.median(ratios), (outcomes["same"] + outcomes["other"]) / sum(outcomes.values())
    return [
        Row("shadow, half load: p99", f"{ratio:.2f} x without", f"<= {MOST_SHADOWED}", ratio <= MOST_SHADOWED),
        Row("shadow, half load: compared", f"{compared:.0%}", f">= {LEAST_COMPARED:.0%}", compared >= LEAST_COMPARED),
    ]


def killed_row(model: Path, folder: Path, rate: float, rounds: int) -> Row:
    """One of two model servers is killed under load."""
    failed, slowest, again = 0, 0.0, 0.0
    for _ in range(rounds):
        first, second = model_server(model), model_server(model)
        with running(first) as (pid, _), running(second), running(way := gateway([first, second], model, folder)):
            with under_load(way, rate, 4.0) as load:
                time.sleep(2.0)
                os.killpg(pid, signal.SIGKILL)
            calls = load.result()
            again += counted(way, "asked_again_total")
        failed += sum(call.status != 200 for call in calls)
        slowest = max(slowest, 1e3 * max(call.seconds for call in calls))
        print(f"killed at {rate:.0f}/s: {statuses(calls)}, slowest {slowest:.0f} ms, asked again {again:.0f}")
    figure = f"{failed} failed, {again:.0f} asked again, slowest {slowest:.0f} ms"
    return Row("one of two servers killed", figure, f"0, <= {LATE_MS} ms", not failed and slowest <= LATE_MS)


def restarted_row(model: Path, folder: Path, rate: float, rounds: int) -> Row:
    """The only model server is killed and started again: how long after its first answer all is well."""
    took: list[float] = []
    for _ in range(rounds):
        server = model_server(model)
        with ExitStack() as running_now:
            with running(server) as (pid, _):
                running_now.enter_context(running(way := gateway([server], model, folder)))
                began = time.perf_counter()
                load = running_now.enter_context(under_load(way, rate, 14.0))
                time.sleep(2.0)
                os.killpg(pid, signal.SIGKILL)
            with running(server):
                ready = time.perf_counter() - began
                calls = load.result()
        took.append(back(calls, ready) - ready)
        after = [call for call in calls if call.due > ready + BACK_SECONDS]
        print(
            f"restarted at {rate:.0f}/s: down for {ready - 2:.1f} s, {statuses(calls)}, back {took[-1]:+.2f} s after "
            f"its first answer; from {BACK_SECONDS} s on {statuses(after)}, p99 {percentile(after, 99):.1f} ms"
        )
    slowest = max(took)
    return Row("server restarted: all well", f"after {slowest:.2f} s", f"<= {BACK_SECONDS} s", slowest <= BACK_SECONDS)


def back(calls: Sequence[Call], ready: float) -> float:
    """When the last request failed before a second in which none did, in seconds from the beginning."""
    last = ready
    for due in sorted(call.due for call in calls if call.status != 200 and call.due > ready):
        if due > last + 1.0:
            break
        last = due
    return last


def overload_rows(server: Way, model: Path, folder: Path, rate: float, seconds: float, rounds: int) -> list[Row]:
    """Half and twice of what it can carry, in turns: p99 of what is accepted, and how soon the rest is refused."""
    ratios, refusals = [], []
    broken = 0
    with running(way := gateway([server], model, folder, more=LIMITS)):
        asyncio.run(at_rate(way.target, rate / 2, 1.0))
        for _ in range(rounds):
            half = asyncio.run(at_rate(way.target, rate / 2, seconds))
            twice = asyncio.run(at_rate(way.target, 2 * rate, seconds))
            accepted = [call for call in twice if call.status == 200]
            refused = [call for call in twice if call.status in REFUSED]
            broken += len(twice) - len(accepted) - len(refused)
            print(
                f"half {rate / 2:.0f}/s: {statuses(half)}, p99 {percentile(half, 99):.1f} ms; "
                f"twice {2 * rate:.0f}/s: {statuses(twice)}, p99 {percentile(accepted, 99):.1f} ms accepted, "
                f"{percentile(refused, 99):.1f} ms refused"
            )
            ratios.append(percentile(accepted, 99) / percentile(half, 99))
            refusals.append(percentile(refused, 99))
    ratio, soon = statistics.median(ratios), statistics.median(refusals)
    return [
        Row("twice the load: p99 accepted", f"{ratio:.1f} x half load", f"<= {MOST_CROWDED}", ratio <= MOST_CROWDED),
        Row(
            "twice the load: rest refused",
            f"p99 {soon:.0f} ms, {broken} else",
            f"<= {AT_ONCE_MS:.0f} ms, 0",
            soon <= AT_ONCE_MS and not broken,
        ),
    ]


LIMITS = ", max_in_flight: 8, max_waiting: 4"


@contextmanager
def under_load(way: Way, rate: float, seconds: float) -> Iterator["Future[list[Call]]"]:
    """Asks in a thread of its own; its calls are there at the end of the block."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(lambda: asyncio.run(at_rate(way.target, rate, seconds)))


def statuses(calls: Sequence[Call]) -> str:
    """How often each status came."""
    found = [call.status for call in calls]
    return ", ".join(f"{found.count(status)} x {status}" for status in sorted(set(found)))


def counted(way: Way, name: str, outcome: str = "") -> float:
    """A counter of the gateway's, of all components together."""
    with urllib.request.urlopen(f"http://{way.target.address}/metrics") as page:
        lines = page.read().decode().splitlines()
    pattern = re.compile(rf"aoi_gateway_{name}{{.*{outcome}.*}} (\S+)")
    return sum(float(match[1]) for line in lines if (match := pattern.match(line)))
