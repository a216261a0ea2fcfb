"""The gateway: inspections a second and their latency, against a bare pass-through and the model server itself.

    .venv/bin/python -m benchmarks.gateway --seconds 4 --rounds 3

All ask the same `aoi serve` about the network and the JPEG of `benchmarks/serving.py`, with 1 and with 16 clients, in
turns within one run; medians. The pass-through (`benchmarks/pass_through.py`) hands bytes on, checks nothing, and makes
one write a request. The gateway records every inspection: with `fdatasync` before each answer, and without; and once it
records nothing. CPU is that of gateway and children a request; the model server's is not in it.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.serving import CLIENTS, PREDICT, SERVE, Way, free_port, jpeg, jpeg_request, running, written
from benchmarks.serving_load import Load, Target, measure

SERVER, BARE = "the model server, gRPC", "a bare pass-through, HTTP"
OURS = {
    "the gateway, fdatasync": ["--results", "results"],
    "the gateway, no fdatasync": ["--results", "results", "--no-sync"],
    "the gateway, no records": ["--results", "none"],
}
"""Ways of recording, and their flags; `results` stands for a new folder."""
GATEWAY = ["-c", "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()", "gateway"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=1)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = written(Path(folder)).ours
        measured: dict[tuple[str, int], list[Load]] = {}
        server = model_server(model)
        with running(server) as (pid, _):
            for _ in range(chosen.rounds):
                note(measured, server, chosen.seconds, pid)
                ways = [gateway(server, model.name, Path(tempfile.mkdtemp(dir=folder)), way) for way in OURS]
                for way in (pass_through(server, model.name, Path(folder)), *ways):
                    with running(way) as (own, _):
                        note(measured, way, chosen.seconds, own)
        show(measured)


def model_server(model: Path) -> Way:
    port = free_port()
    command = [
        sys.executable, *SERVE, "--engine=auto", f"--port={port}", "--host=127.0.0.1", "--rest_api_port=0",
        f"--model_name={model.name}", f"--model_base_path={model}",
    ]  # fmt: skip
    return Way(SERVER, command, Target(f"127.0.0.1:{port}", jpeg_request(), PREDICT))


def pass_through(server: Way, model: str, folder: Path) -> Way:
    port = free_port()
    command = [
        sys.executable, "-m", "benchmarks.pass_through", f"--upstream={server.target.address}", f"--model={model}",
        f"--port={port}", f"--journal={folder / 'journal'}",
    ]  # fmt: skip
    return Way(BARE, command, Target(f"127.0.0.1:{port}", jpeg(), "/", http=True))


def gateway(server: Way, model: str, folder: Path, name: str) -> Way:
    port, routes = free_port(), folder / "routes.yaml"
    upstream = f'"{server.target.address}"'
    routes.write_text(
        f"components: {{part: {{model: {model}, upstream: {upstream}, heads: {{defect_0: {{threshold: 0.5}}}}}}}}"
    )
    flags = [str(folder / "results") if flag == "results" else flag for flag in OURS[name]]
    command = [sys.executable, *GATEWAY, "--routes", str(routes), "--port", str(port), *flags]
    return Way(name, command, Target(f"127.0.0.1:{port}", jpeg(), "/v1/inspect/part", http=True))


def note(measured: dict[tuple[str, int], list[Load]], way: Way, seconds: float, pid: int) -> None:
    """Measures what runs with each number of clients."""
    for clients in CLIENTS:
        measured.setdefault((way.name, clients), []).append(measure(way.target, clients, seconds, pid))


def show(measured: dict[tuple[str, int], list[Load]]) -> None:
    print(f"{'':28}{'clients':>9}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'others':>9}{'x bare':>9}")
    for (name, clients), found in measured.items():
        rate, p50, p99, cpu, others = (
            statistics.median(getattr(load, field) for load in found)
            for field in ("rate", "p50", "p99", "server_cpu", "foreign")
        )
        bare = statistics.median(load.rate for load in measured[BARE, clients])
        print(f"{name:28}{clients:9}{rate:9.0f}{p50:9.2f}{p99:9.2f}{cpu:9.2f}{others:9.2f}{rate / bare:9.2f}")
    for name in OURS:
        ours, bare = (statistics.median(load.p50 for load in measured[one, 1]) for one in (name, BARE))
        print(f"{name}, 1 client: {ours - bare:+.2f} ms at the median over the pass-through")


if __name__ == "__main__":
    main()
