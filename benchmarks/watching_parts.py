"""What each line of log and each count of a picture takes alone: microseconds of processor, the least of some rounds.

.venv/bin/python -m benchmarks.watching_parts
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from aoi_modules import logs
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.serving.doors.call_log import Call, CallLog
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.wire.messages import ModelSpec

ID = "0196b2d4a0c17c3e9d5a4b6f8e21037f"
ROUNDS, TIMES = 7, 2000


def main() -> None:
    with Path(os.devnull).open("w") as nowhere:
        logs.set_up("json", nowhere)
        log, calls, metrics, monitor = logs.event_log(nowhere), CallLog(1000, every=True), Metrics(), Monitor()
        spec = ModelSpec(name="tile", signature_name="serving_default")
        spec.version.value = 3

        def picture() -> None:
            log.bind(request_id=ID, component="tile", unit="SN1").info(
                "inspected", status=200, inspection=ID, verdict="PASS", model="tile", version=3,
                address="127.0.0.1:8500", ms=12.34,
            )  # fmt: skip

        def counts() -> None:
            of = metrics.of("tile")
            of.in_flight.inc()
            with of.upstream_seconds.time():
                pass
            of.verdicts["PASS"].inc()
            for stage in ("wait", "receive", "model", "record"):
                of.stage_seconds[stage].observe(0.01)
            of.scores["defect"].observe(0.3)
            of.requests[200].inc()
            of.in_flight.dec()

        def call_counts() -> None:
            with monitor.request("tile", "Predict", "GRPC"), monitor.runtime("tile", "Predict", "openvino"):
                pass

        parts: dict[str, Callable[[], object]] = {
            "the gateway's line of a picture": picture,
            "the gateway's counts of a picture": counts,
            "the model server's line of a call": lambda: calls.answered(
                Call("gRPC", "Predict", spec), "OK", lambda: ID
            ),
            "the model server's counts of a call": call_counts,
        }
        found = {name: least(part) for name, part in parts.items()}
    for name, microseconds in found.items():
        print(f"{name:40}{microseconds:6.1f} us")
    print(f"{'together':40}{sum(found.values()):6.1f} us")


def least(part: Callable[[], object]) -> float:
    """Microseconds of processor that it takes once, at least."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            part()
        rounds.append((time.process_time() - began) / TIMES * 1e6)
    return min(rounds)


if __name__ == "__main__":
    main()
