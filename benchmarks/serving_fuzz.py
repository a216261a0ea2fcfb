"""Hostile input for the model server, by both protocols, for as long as wanted: does it live, answer and stay small?

    .venv/bin/python -m benchmarks.serving_fuzz --minutes 10 --seed 1

One `aoi serve --engine=auto` with two models: our servable, which OpenVINO runs, and a plain Keras export, which
TensorFlow runs. Three clients send, each by its own random numbers: valid messages with bits, bytes and fields changed,
messages whose parts contradict each other, HTTP/2 and HTTP that is none, changed JSON (benchmarks/hostile makes them).
After every 100 inputs of a client four healthy requests must be answered as at the start. Prints a table by kind of
input and the server's memory, and ends with exit code 1 if the server died or hung, grew by more than a tenth after the
first fifth of the time, wrote of a fault into its log, or answered INTERNAL, UNKNOWN or 500. INTERNAL is right for
bytes that are no message. A method name that is no text makes the server open its gRPC port again; a call or two that
each client loses by that are counted as `lost`.
"""

import argparse
import random
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

from aoi_modules.serving.launchers.embedded import EmbeddedServer
from benchmarks.hostile.attacks import Attacks
from benchmarks.hostile.client import LOST, PATIENCE_SECONDS, Answer, Client
from benchmarks.hostile.messages import healthy
from benchmarks.serving import written

CLIENTS = 3
CONTROL_EVERY = 100
GROWTH = 0.10
LOST_EACH = 2
"""Calls of a client that one reopening of the port may cost."""
REOPENED = "its port is opened again"
FAULTS = ("a request failed inside the server", "Unexpected [")
"""What the log says of an error that nobody foresaw."""


@dataclass
class Tally:
    """What became of all inputs; clients share it."""

    sent: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[str]] = field(default_factory=dict)
    slowest_ms: dict[str, float] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, answer: Answer, seconds: float, body: bytes) -> None:
        name, fine = answer
        with self.lock:
            self.sent[kind] += 1
            self.answers.setdefault(kind, Counter())[name] += 1
            self.slowest_ms[kind] = max(self.slowest_ms.get(kind, 0.0), seconds * 1e3)
            if not fine and len(self.troubles) < 100:
                self.troubles.append(f"{kind}: {name}: {len(body)} bytes: {body[:300]!r}")

    def trouble(self, text: str) -> None:
        with self.lock:
            self.troubles.append(text)

    def show(self) -> None:
        print(f"{'kind':<16} {'sent':>8} {'slowest ms':>11}  answers")
        for kind in sorted(self.sent):
            answers = ", ".join(f"{name} {count}" for name, count in self.answers[kind].most_common())
            print(f"{kind:<16} {self.sent[kind]:>8} {self.slowest_ms[kind]:>11.0f}  {answers}")
        for trouble in self.troubles[:20]:
            print(f"TROUBLE {trouble}")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = written(Path(folder))
        with EmbeddedServer({"tile": models.ours, "plain": models.plain}, flags=["--engine=auto"]) as server:
            tally = Tally()
            memory = attack(server, tally, chosen.minutes * 60, chosen.seed)
            judge(server, tally, memory)
    tally.show()
    print("memory MB: " + ", ".join(f"{seconds / 60:.1f} min {size >> 20}" for seconds, size in memory))
    print("failed" if tally.troubles else "passed")
    return 1 if tally.troubles else 0


def attack(server: EmbeddedServer, tally: Tally, seconds: float, seed: int) -> list[tuple[float, int]]:
    """Lets the clients send; returns the server's memory in bytes at the start, every minute and at the end."""
    process = psutil.Process(server.pid)
    began = time.monotonic()
    end = began + seconds
    clients = [
        threading.Thread(target=Attacker(server, tally, random.Random(seed * CLIENTS + number)).run, args=(end,))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    memory = [(0.0, process.memory_info().rss)]
    fifth = began + seconds / 5
    for moment in sorted({fifth, *(began + 60.0 * minute for minute in range(1, int(seconds // 60) + 1)), end}):
        while time.monotonic() < moment and server.running():
            time.sleep(0.2)
        if not server.running():
            tally.trouble(f"the server died: {server.log_tail(30)}")
            break
        memory.append((time.monotonic() - began, process.memory_info().rss))
    for client in clients:
        client.join(3 * PATIENCE_SECONDS)
        if client.is_alive():
            tally.trouble("a client hangs")
    return memory


def judge(server: EmbeddedServer, tally: Tally, memory: Sequence[tuple[float, int]]) -> None:
    """Adds what is wrong as a whole: memory and log."""
    settled = [size for seconds, size in memory if seconds >= memory[-1][0] / 5 - 1.0]
    if len(settled) > 1 and settled[-1] > settled[0] * (1 + GROWTH):
        tally.trouble(f"memory grew from {settled[0] >> 20} MB to {settled[-1] >> 20} MB after the first fifth")
    log = server.log_tail(100_000)
    reopened, lost = log.count(REOPENED), sum(answers[LOST] for answers in tally.answers.values())
    print(f"gRPC port opened again: {reopened}, calls lost: {lost}")
    if lost > LOST_EACH * CLIENTS * reopened:
        tally.trouble(f"{lost} calls were lost by {reopened} reopenings of the port")
    tally.troubles += [f"log: {line}" for line in log.splitlines() if any(fault in line for fault in FAULTS)][:20]


class Attacker:
    """Sends hostile inputs until its time is over, and healthy requests between them."""

    def __init__(self, server: EmbeddedServer, tally: Tally, chance: random.Random) -> None:
        self._tally = tally
        self._client = Client(server)
        self._healthy = healthy(self._client.call)
        self._attacks = Attacks(self._client, self._healthy, chance)
        self._expected = self._client.answers(self._healthy)

    def run(self, end: float) -> None:
        count = 0
        while time.monotonic() < end:
            kind, attack = self._attacks.draw()
            began = time.monotonic()
            try:
                answer = attack.send()
            except (OSError, ValueError) as error:  # ValueError: what came was no HTTP, or nothing at all
                answer = (LOST if isinstance(error, ConnectionRefusedError) else type(error).__name__, True)
            self._tally.add(kind, answer, time.monotonic() - began, attack.body)
            count += 1
            if count % CONTROL_EVERY == 0:
                self._check_health()

    def _check_health(self) -> None:
        began = time.monotonic()
        got: list[str] = []
        for _ in range(2):  # the port may be opened again meanwhile
            try:
                got = self._client.answers(self._healthy)
                break
            except (grpc.RpcError, OSError, ValueError) as error:
                got = [repr(error)]
                self._tally.add("control", (LOST, True), time.monotonic() - began, b"")
        right = got == self._expected
        answer = ("right" if right else "WRONG", right)
        self._tally.add("control", answer, time.monotonic() - began, repr(got).encode())


if __name__ == "__main__":
    sys.exit(main())
