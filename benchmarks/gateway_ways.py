"""The processes that the gateway's benchmarks start: a model server, the gateway before it, and a bare pass-through."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.serving import PREDICT, SERVE, Way, free_port, jpeg, jpeg_request
from benchmarks.serving_load import Target

SERVER, BARE = "the model server, gRPC", "a bare pass-through, HTTP"
SYNC, NO_SYNC, NO_RECORDS = "the gateway, fdatasync", "the gateway, no fdatasync", "the gateway, no records"
RECORDING = {SYNC: ("results",), NO_SYNC: ("results", "--no-sync"), NO_RECORDS: ("none",)}
"""What follows `--results`; `results` stands for a new folder."""
DEADLINE_MS = 1000
"""Of the routes: how long an inspection may take."""
_GATEWAY = ["-c", "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()", "gateway"]


@dataclass(frozen=True)
class Row:
    """One line of the result: what was measured, what has to be reached, and whether it was."""

    what: str
    figure: str
    bound: str
    reached: bool


def model_server(model: Path) -> Way:
    """`aoi serve` with one model."""
    port = free_port()
    command = [
        sys.executable, *SERVE, "--engine=auto", f"--port={port}", "--host=127.0.0.1", "--rest_api_port=0",
        f"--model_name={model.name}", f"--model_base_path={model}",
    ]  # fmt: skip
    return Way(SERVER, command, Target(f"127.0.0.1:{port}", jpeg_request(), PREDICT))


def pass_through(server: Way, model: Path, folder: Path) -> Way:
    """The least that stands between a client and the server."""
    port = free_port()
    command = [
        sys.executable, "-m", "benchmarks.pass_through", f"--upstream={server.target.address}", f"--model={model.name}",
        f"--port={port}", f"--journal={folder / 'journal'}",
    ]  # fmt: skip
    return Way(BARE, command, Target(f"127.0.0.1:{port}", jpeg(), "/", http=True))


def gateway(servers: Sequence[Way], model: Path, folder: Path, recording: str = SYNC, more: str = "") -> Way:
    """`aoi gateway` before servers of one model; `more` are further fields of its route, as YAML."""
    port, own = free_port(), Path(mkdtemp(dir=folder))
    addresses = ", ".join(f'"{server.target.address}"' for server in servers)
    limits = f"timeout_ms: {DEADLINE_MS}, heads: {{defect_0: {{threshold: 0.5}}}}"
    routes = own / "routes.yaml"
    routes.write_text(f"components: {{part: {{model: {model.name}, upstream: [{addresses}], {limits}{more}}}}}")
    flags = [str(own / "results") if flag == "results" else flag for flag in RECORDING[recording]]
    command = [
        sys.executable, *_GATEWAY, "--routes", str(routes), "--port", str(port), "--drain_seconds", "0",
        "--results", *flags,
    ]  # fmt: skip
    return Way(recording, command, Target(f"127.0.0.1:{port}", jpeg(), "/v1/inspect/part", http=True))
