"""Hostile input for the gateway by HTTP, for as long as wanted: does it live, answer as it documents, and stay small?

    .venv/bin/python -m benchmarks.gateway_fuzz --minutes 10 --seed 1

One gateway that records, before one `aoi serve --engine=auto`. Two senders: schemathesis, by the gateway's own OpenAPI
document and the hooks of benchmarks/hostile/openapi_cases.py, which holds every answer against the document; and two
clients of broken pictures, frames, forms and questions (benchmarks/hostile/broken_uploads.py), each by its own random
numbers. After every 100 inputs of a client a healthy picture must get the verdict that it got at the start. Prints the
answers of both and the gateway's memory, and ends with exit code 1 if the gateway died or hung, answered from 500 on
other than 504 (a request may want its answer within a millisecond), refused without problem details, gave an answer
that its document does not know, wrote of a fault into its log, or grew by more than a tenth after the first fifth of
the time.
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from benchmarks.hostile.broken_uploads import BrokenUploads, Sent, picture
from benchmarks.serving import ROOT, written

CLIENTS = 2
CONTROL_EVERY = 100
GROWTH = 0.10
PATIENCE_SECONDS = 30.0
TOO_SLOW = 504
SETTINGS = Path(__file__).parent / "hostile" / "schemathesis.toml"
ROUTES = """
components: {{tile: {{model: {model}, upstream: "{address}", timeout_ms: 5000, store: all,
  heads: {{defect_0: {{threshold: 0.5}}}}}}}}
products: {{motor: {{positions: {{left: {{component: tile}}}}}}}}
"""


class Tally:
    """What became of all broken inputs; clients share it."""

    def __init__(self) -> None:
        self.answers: dict[str, Counter[str]] = {}
        self.slowest = 0.0
        self.troubles: list[str] = []
        self._lock = threading.Lock()

    def add(self, sent: Sent, answer: str, trouble: str, seconds: float) -> None:
        """Counts an answer, and notes what is wrong with it."""
        with self._lock:
            self.answers.setdefault(sent.kind, Counter())[answer] += 1
            self.slowest = max(self.slowest, seconds)
        if trouble:
            self.trouble(f"{sent.kind}: {sent.method} {sent.path[:200]} {sent.headers}: {trouble}: {sent.body[:200]!r}")

    def trouble(self, text: str) -> None:
        """Notes what is wrong; a hundred times at most."""
        with self._lock:
            self.troubles += [text] if len(self.troubles) < 100 else []


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as text:
        folder, tally = Path(text), Tally()
        ours = written(folder).ours
        with EmbeddedServer({ours.name: ours}, flags=["--engine=auto"]) as server:
            (folder / "routes.yaml").write_text(ROUTES.format(model=ours.name, address=server.grpc))
            with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
                memory = attack(gateway, tally, chosen.minutes * 60, chosen.seed, folder)
                judge(gateway, tally, memory)
    show(tally, memory)
    return 1 if tally.troubles else 0


def attack(gateway: RunningGateway, tally: Tally, seconds: float, seed: int, folder: Path) -> list[tuple[float, int]]:
    """Lets all send; returns the gateway's memory in bytes at the start, after a fifth, every minute and at the end."""
    process = psutil.Process(gateway.process.pid)
    began = time.monotonic()
    end = began + seconds
    clients = [threading.Thread(target=send, args=(gateway, tally, seed * CLIENTS + at, end)) for at in range(CLIENTS)]
    for client in clients:
        client.start()
    memory = [(0.0, process.memory_info().rss)]
    with by_document(gateway.url, seed, folder, "--max-time", str(int(seconds))) as document:
        for moment in sorted(
            {began + seconds / 5, *(began + 60.0 * one for one in range(1, int(seconds // 60) + 1)), end}
        ):
            time.sleep(max(0.0, moment - time.monotonic()))
            memory.append((time.monotonic() - began, process.memory_info().rss))
        for client in clients:
            client.join(3 * PATIENCE_SECONDS)
            if client.is_alive():
                tally.trouble("a client hangs")
        told = document.communicate(timeout=120)[0]
    tally.answers["by document"] = Counter(json.loads((folder / "tally.json").read_text()))
    if document.returncode:
        tally.trouble(f"schemathesis: {told}")
    return memory


def by_document(url: str, seed: int, folder: Path, *until: str) -> "subprocess.Popen[str]":
    """Starts schemathesis on a gateway; it counts its answers in `tally.json` of the folder.

    Args:
        url: of the gateway.
        seed: of what it draws.
        folder: to write to.
        until: flags that say when it ends.
    """
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run", f"{url}/openapi.json",
        "--phases", "coverage,fuzzing", "--seed", str(seed), "--no-shrink", "--continue-on-failure",
        "--warnings", "off", *until,
    ]  # fmt: skip
    told = {"SCHEMATHESIS_HOOKS": "benchmarks.hostile.openapi_cases", "AOI_FUZZ_TALLY": str(folder / "tally.json")}
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def send(gateway: RunningGateway, tally: Tally, seed: int, end: float) -> None:
    """Sends broken inputs until the time is over, and healthy ones between them."""
    uploads = BrokenUploads("tile", "motor", "left", random.Random(seed))
    control = Sent("control", "POST", "/v1/inspect/tile", picture("PNG"))
    expected, count = verdict_of(gateway, control), 0
    while time.monotonic() < end:
        sent, began = uploads.draw(), time.monotonic()
        try:
            answer, trouble = answer_to(gateway, sent)
        except (OSError, http.client.HTTPException) as error:
            answer, trouble = type(error).__name__, "no answer"
        tally.add(sent, answer, trouble, time.monotonic() - began)
        count += 1
        if count % CONTROL_EVERY == 0 and (got := verdict_of(gateway, control)) != expected:
            tally.trouble(f"a healthy picture got {got} in place of {expected}")


def answer_to(gateway: RunningGateway, sent: Sent) -> tuple[str, str]:
    """Status and kind of the answer, and what is wrong with it; empty for nothing.

    Raises:
        OSError, http.client.HTTPException: there is no answer.
    """
    status, media_type, body = ask(gateway, sent)
    if status < 400:
        return str(status), ""
    if media_type != "application/problem+json":
        return str(status), f"no problem details, but {media_type}: {body[:200]!r}"
    kind = json.loads(body)["type"].rpartition(":")[2]
    return f"{status} {kind}", f"{body[:300]!r}" if status >= 500 and status != TOO_SLOW else ""


def ask(gateway: RunningGateway, sent: Sent) -> tuple[int, str, bytes]:
    """Status, media type and body of an answer.

    Raises:
        OSError, http.client.HTTPException: there is none.
    """
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=PATIENCE_SECONDS)
    try:
        headers = {name: value.encode("latin-1") for name, value in sent.headers.items()}
        connection.request(sent.method, sent.path, sent.body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", "").partition(";")[0], answer.read()
    finally:
        connection.close()


def verdict_of(gateway: RunningGateway, sent: Sent) -> str:
    """What a healthy picture gets."""
    try:
        status, _, body = ask(gateway, sent)
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    found = json.loads(body)
    return f"{status} {[(head['name'], head['score']) for head in found.get('heads', ())]}"


def judge(gateway: RunningGateway, tally: Tally, memory: Sequence[tuple[float, int]]) -> None:
    """Adds what is wrong as a whole: memory and log."""
    settled = [size for seconds, size in memory if seconds >= memory[-1][0] / 5 - 1.0]
    if len(settled) > 1 and settled[-1] > settled[0] * (1 + GROWTH):
        tally.trouble(f"memory grew from {settled[0] >> 20} MB to {settled[-1] >> 20} MB after the first fifth")
    lines = gateway.process.log_tail(1_000_000).splitlines()
    tally.troubles += [f"log: {line}" for line in lines if '"event": "fault"' in line or "Traceback" in line][:20]


def show(tally: Tally, memory: Sequence[tuple[float, int]]) -> None:
    for kind, answers in sorted(tally.answers.items()):
        by_status: Counter[str] = Counter()
        for name, count in answers.items():
            by_status[name.rpartition(" ")[2] if kind == "by document" else name] += count
        listed = ", ".join(f"{name} {count}" for name, count in by_status.most_common())
        print(f"{kind:<14} {answers.total():>7}  {listed}")
    print(f"slowest answer to a broken upload: {tally.slowest * 1e3:.0f} ms")
    print("memory MB: " + ", ".join(f"{seconds / 60:.1f} min {size / 2**20:.1f}" for seconds, size in memory))
    for trouble in tally.troubles[:20]:
        print(f"TROUBLE {trouble}")
    print("failed" if tally.troubles else "passed")


if __name__ == "__main__":
    sys.exit(main())
