"""Cameras of a line, as a pod in the cluster: pictures at a steady rate through the gateway's Service.

A line of JSON for each picture says what became of it. The rate is kept whatever becomes of the pictures, up to as many
at once as there are threads. SIGTERM ends it after the pictures that are under way.
"""

import json
import os
import signal
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.client.tls import Tls
from aoi_modules.errors import AoiError

FOLDER = Path(__file__).parent
THREADS = 64
AGAIN_SECONDS, PATIENCE_SECONDS = 0.2, 120.0
"""Where pictures are repeated: the pause before each repetition, and for how long."""

stopped = threading.Event()
"""Whether it was told to stop."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    rate, repeats, run = float(os.environ["RATE"]), os.environ["REPEATS"] == "yes", os.environ["RUN"]
    tickets, start = count(), time.time()
    threads = [threading.Thread(target=camera, args=(tickets, start, rate, repeats, run)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def camera(tickets: "count[int]", start: float, rate: float, repeats: bool, run: str) -> None:
    """Takes the next picture that is due, sends it, says what came, and so on."""
    tls = Tls(root_certificates=FOLDER / "ca.crt")
    endpoint = Endpoint(os.environ["GATEWAY"], "tile", timeout=30, tls=tls, key=os.environ["KEY"])
    picture = (FOLDER / "picture.png").read_bytes()
    with GatewayClient(endpoint) as client:
        while True:
            ticket = next(tickets)
            due = start + ticket / rate
            if stopped.wait(max(due - time.time(), 0)):
                return
            told = inspect(client, picture, f"{run}-{ticket}", repeats)
            # one write for a line: threads must not write into each other's
            os.write(1, json.dumps({"due": due, "seconds": time.time() - due, **told}).encode() + b"\n")


def inspect(client: GatewayClient, picture: bytes, name: str, repeats: bool) -> dict[str, Any]:
    """What became of a picture; repeated with its key until it has its answer, where that is wanted."""
    end, again = time.monotonic() + PATIENCE_SECONDS, 0
    while True:
        try:
            found = client.inspect(picture, key=name, unit=name, position="1")
        except AoiError as error:
            if repeats and time.monotonic() < end:
                again += 1
                time.sleep(AGAIN_SECONDS)
                continue
            return {"error": f"{type(error).__name__}: {error.message}", "again": again}
        return {"id": found.id, "version": found.model.version, "reason": found.reason, "again": again}


if __name__ == "__main__":
    main()
