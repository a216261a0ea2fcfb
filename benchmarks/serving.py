"""The model server: both engines by gRPC and REST against the floor in process and against other servers, in one run.

    .venv/bin/python -m benchmarks.serving --seconds 5
    .venv/bin/python -m benchmarks.serving --peer mlserver=ENV/bin/python --peer litserve=ENV/bin/python ...

There are two floors, pictures a second of 16 clients who were served for nothing: the plain Keras export's own
function at 16 pictures a call, with TensorFlow's default threads; and OpenVINO on the frozen graph of our servable, 16
pictures a call, one stream on every core. `auto` serves that servable. Every server runs alone, with 1 and with 16
clients, `--rounds` times in turn with the others; medians. CPU is that of the server and its children a request; with
an engine that answers at once, it is the server's own share. `cores` are those that server and generator kept busy:
what is left of the machine was idle, or `others` had it, the cores that other programs took meanwhile; rows with much
of it say little. Peers run in environments of their own, named by --peer; those without one are left out.
"""

import argparse
import base64
import contextlib
import io
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from PIL import Image

from aoi_modules.client.rollout.metrics_page import MetricsPage
from aoi_modules.modelstore.layout import PIXELS_FILE
from aoi_modules.wire.messages import PredictRequest
from aoi_modules.wire.tensors import to_tensor
from benchmarks.serving_load import Load, Target, answers, measure

ROOT = Path(__file__).parents[1]
PREDICT = "/tensorflow.serving.PredictionService/Predict"
SIDE, BATCH, CLIENTS = 96, 16, (1, 16)
START_SECONDS, STOP_SECONDS = 120.0, 20.0
FLOOR = "floor: function in process, 16 a call"
BARE_ENGINE = "floor: OpenVINO in process, 16 a call"
ALONE = "server alone"
SERVE = ["-c", "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()", "serve"]


@dataclass(frozen=True)
class Models:
    """The same network as a Keras file, a plain export and our servable."""

    keras: Path
    plain: Path
    ours: Path


@dataclass(frozen=True)
class Way:
    """One row of the table: how a server is started, and what it is asked. `rest` is where ours has its metrics."""

    name: str
    command: list[str]
    target: Target
    rest: str = ""


@dataclass(frozen=True)
class Row:
    """What was measured of one way with so many clients: the load, seconds to the first answer, mean batch."""

    load: Load
    start: float
    batch: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    arguments.add_argument("--only", default="", help="rows whose name holds this text")
    chosen = arguments.parse_args()
    peers = dict(peer.split("=", 1) for peer in chosen.peer)
    with tempfile.TemporaryDirectory() as folder:
        models = written(Path(folder))
        ways = [way for way in (*our_ways(models), *peer_ways(models, peers)) if chosen.only in way.name]
        floors: list[tuple[float, float]] = []
        measured: dict[tuple[str, int], list[Row]] = {}
        for _ in range(chosen.rounds):
            floors.append((floor(models), bare_engine(models)))
            for way in ways:
                for clients, row in rows(way, chosen.seconds):
                    measured.setdefault((way.name, clients), []).append(row)
        table = {key: middle(found) for key, found in measured.items()}
        show(table)
        function, engine = (statistics.median(found) for found in zip(*floors, strict=True))
        compare(table, function, engine, {way.name for way in ways if not way.rest})
        own_share(table)


def written(folder: Path) -> Models:
    """Exports the network in a process of its own: what measures should not hold TensorFlow."""
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, '.'); folder = Path(sys.argv[1])\n"
        "from benchmarks.merging import source, stacked\n"
        "from aoi_modules.export.servable import write_servable\n"
        f"model = stacked({SIDE}, 0.35, 0)\n"
        "model.save(folder / 'model.keras'); model.export(str(folder / 'plain/1'), verbose=False)\n"
        "write_servable([source(model)], 'tile', folder)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return Models(folder / "model.keras", folder / "plain", folder / "tile")


def pixels() -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Soft colours: uint8 (SIDE, SIDE, 3)."""
    small = np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels()).save(file, "JPEG", quality=90)
    return file.getvalue()


def jpeg_request() -> bytes:
    """A PredictRequest of one JPEG to our servable."""
    request = PredictRequest()
    request.model_spec.name = "tile"
    request.inputs["image"].CopyFrom(to_tensor([jpeg()]))
    return request.SerializeToString()


def our_ways(models: Models) -> Iterator[Way]:
    """Both engines of `aoi serve`, and none."""
    tensor = PredictRequest()
    tensor.model_spec.name = "plain"
    tensor.inputs["image"].CopyFrom(to_tensor(pixels()[np.newaxis].astype(np.float32)))
    row = json.dumps({"instances": [{"b64": base64.b64encode(jpeg()).decode()}]}).encode()
    for name, base, engine, body, http in (
        ("tensorflow, plain export, gRPC float tensor", models.plain, "tensorflow", tensor.SerializeToString(), False),
        ("tensorflow, our servable, gRPC JPEG", models.ours, "tensorflow", jpeg_request(), False),
        ("tensorflow, our servable, REST JPEG", models.ours, "tensorflow", row, True),
        ("auto, our servable, gRPC JPEG", models.ours, "auto", jpeg_request(), False),
        ("auto, our servable, REST JPEG", models.ours, "auto", row, True),
        (f"{ALONE}, gRPC JPEG", models.ours, "auto", jpeg_request(), False),
        (f"{ALONE}, REST JPEG", models.ours, "auto", row, True),
    ):
        grpc_port, rest_port = free_port(), free_port()
        monitoring = base.parent / "monitoring.config"
        monitoring.write_text("prometheus_config { enable: true }")
        command = [
            sys.executable, *(["-m", "benchmarks.instant_server"] if name.startswith(ALONE) else SERVE),
            f"--engine={engine}", f"--port={grpc_port}", f"--rest_api_port={rest_port}", "--host=127.0.0.1",
            f"--model_name={base.name}", f"--model_base_path={base}", f"--monitoring_config_file={monitoring}",
            # A plain export's requests are merged only if that is asked for, as in TensorFlow Serving.
            "--enable_batching",
        ]  # fmt: skip
        address = f"127.0.0.1:{rest_port if http else grpc_port}"
        path = f"/v1/models/{base.name}:predict" if http else PREDICT
        yield Way(name, command, Target(address, body, path, http=http), rest=f"http://127.0.0.1:{rest_port}")


def peer_ways(models: Models, peers: dict[str, str]) -> Iterator[Way]:
    """The peers whose environment was named. Each gets the picture in its own form."""
    text = base64.b64encode(jpeg()).decode()
    as_json = ("Content-Type: application/json",)
    v2 = {"inputs": [{"name": "image", "shape": [1], "datatype": "BYTES", "data": [text]}]}
    forms: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
        "mlserver": ("/v2/models/tile/infer", json.dumps(v2).encode(), as_json),
        "litserve": ("/predict", json.dumps({"picture": text}).encode(), as_json),
        "bentoml": ("/predict", json.dumps({"pictures": [text]}).encode(), as_json),
        "ray": ("/", jpeg(), ()),
        "fastapi": ("/", jpeg(), ()),
        "fastapi-naive": ("/", jpeg(), ()),
    }
    if unknown := peers.keys() - forms.keys():
        raise SystemExit(f"--peer: expected {', '.join(forms)}. Received: {', '.join(unknown)}")
    for name, (path, body, headers) in forms.items():
        if name not in peers:
            print(f"{name}: left out; --peer {name}=PYTHON names the Python of an environment that has it")
            continue
        port = free_port()
        module = f"benchmarks.peers.{name.replace('-', '_')}"
        command = [
            peers[name], "-m", module, f"--model={models.plain / '1'}", f"--keras={models.keras}", f"--port={port}",
        ]  # fmt: skip
        yield Way(name, command, Target(f"127.0.0.1:{port}", body, path, http=True, headers=headers))


def rows(way: Way, seconds: float) -> Iterator[tuple[int, Row]]:
    """One for each number of clients."""
    with running(way) as (pid, start):
        for clients in CLIENTS:
            before = batches(way)
            load = measure(way.target, clients, seconds, pid)
            count, total = (after - first for after, first in zip(batches(way), before, strict=True))
            yield clients, Row(load, start, total / count if count else float("nan"))


@contextlib.contextmanager
def running(way: Way) -> Iterator[tuple[int, float]]:
    """The server's process, and the seconds until its first answer."""
    environment = os.environ | {"PATH": f"{Path(way.command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            way.command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            try:
                start = answers(way.target, START_SECONDS)
            except TimeoutError as error:
                log.seek(0)
                raise SystemExit(f"{way.name}: {error}\n{log.read()[-2000:].decode(errors='replace')}") from None
            yield process.pid, start
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):  # some leave processes of theirs behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def batches(way: Way) -> tuple[float, float]:
    """Batches and rows that our server counted so far; zeros for others."""
    if not way.rest:
        return 0.0, 0.0
    page = MetricsPage.ask(way.rest)
    return page.total(":aoi:serving:batches"), page.total(":aoi:serving:batch_rows")


def floor(models: Models) -> float:
    """Pictures a second of the bare function, in a process of its own."""
    program = (
        "import sys, time, statistics; import numpy as np; from aoi_modules.tf import tf\n"
        "loaded = tf.saved_model.load(sys.argv[1]); f = loaded.signatures['serving_default']\n"
        f"x = np.random.default_rng(0).uniform(0, 255, ({BATCH}, {SIDE}, {SIDE}, 3)).astype(np.float32)\n"
        "def call():\n    began = time.perf_counter(); [v.numpy() for v in f(image=tf.constant(x)).values()]\n"
        "    return time.perf_counter() - began\n"
        "[call() for _ in range(10)]; print(statistics.median(call() for _ in range(60)))"
    )
    seconds = printed(program, models.plain / "1")
    print(f"{FLOOR}: {BATCH / seconds:.0f} pictures/s, {1e3 * seconds:.1f} ms a call", flush=True)
    return BATCH / seconds


def bare_engine(models: Models) -> float:
    """Pictures a second of OpenVINO alone, in a process of its own: as many calls at once as there are cores."""
    program = (
        "import sys, time, threading; import numpy as np; import openvino\n"
        "core = openvino.Core(); model = core.read_model(sys.argv[1])\n"
        f"model.reshape({{port: [{BATCH}, {SIDE}, {SIDE}, 3] for port in model.inputs}})\n"
        "cores = int(core.get_property('CPU', 'RANGE_FOR_STREAMS')[1])\n"
        "one = {'INFERENCE_NUM_THREADS': 1, 'NUM_STREAMS': 1, 'INFERENCE_PRECISION_HINT': 'f32',"
        " 'ENABLE_CPU_PINNING': False}\n"
        "calls = [core.compile_model(model, 'CPU', one).create_infer_request() for _ in range(cores)]\n"
        f"x = np.random.default_rng(0).integers(0, 256, ({BATCH}, {SIDE}, {SIDE}, 3), np.uint8)\n"
        "def run(call):\n    [call.infer({0: x}, share_inputs=True, share_outputs=True) for _ in range(100)]\n"
        "[call.infer({0: x}) for call in calls for _ in range(5)]\n"
        "threads = [threading.Thread(target=run, args=(call,)) for call in calls]\n"
        "began = time.perf_counter(); [thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "print((time.perf_counter() - began) / 100 / cores)"
    )
    seconds = printed(program, models.ours / "1" / PIXELS_FILE)
    print(f"{BARE_ENGINE}: {BATCH / seconds:.0f} pictures/s", flush=True)
    return BATCH / seconds


def printed(program: str, argument: Path) -> float:
    """The last number that a program printed, which ran in a process of its own."""
    command = [sys.executable, "-c", program, str(argument)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.split()[-1])


def middle(found: Sequence[Row]) -> Row:
    """The median of each figure."""
    load = Load(*(statistics.median(getattr(row.load, field.name) for row in found) for field in fields(Load)))
    return Row(load, statistics.median(row.start for row in found), statistics.median(row.batch for row in found))


def show(table: Mapping[tuple[str, int], Row]) -> None:
    print("\n`CPU` is the server's, `client` the generator's, in ms a request; `batch` the mean number of rows.")
    heads = ("clients", "req/s", "p50 ms", "p99 ms", "CPU ms", "client", "cores", "MB", "others", "batch", "start s")
    print(f"\n{'':46}" + "".join(f"{head:>9}" for head in heads))
    for (name, clients), row in table.items():
        load = row.load
        cores = load.rate * (load.server_cpu + load.client_cpu) / 1e3
        print(
            f"{name:46}{clients:9}{load.rate:9.0f}{load.p50:9.2f}{load.p99:9.2f}{load.server_cpu:9.2f}"
            f"{load.client_cpu:9.2f}{cores:9.2f}{load.memory:9.0f}{load.foreign:9.2f}{row.batch:9.1f}{row.start:9.2f}"
        )


def compare(table: Mapping[tuple[str, int], Row], function: float, engine: float, peers: Collection[str]) -> None:
    """Our rows as multiples of both floors, and of the best peer with as many clients."""
    best = {
        clients: max(
            (row.load.rate, name) for (name, count), row in table.items() if name in peers and count == clients
        )
        for clients in {count for name, count in table if name in peers}
    }
    print(f"\n{'':46}{'clients':>9}{'x function':>12}{'x engine':>10}{'x best peer':>13}")
    for (name, clients), row in table.items():
        if name not in peers and not name.startswith(ALONE):
            rate, peer = best.get(clients, (float("nan"), "no peer"))
            print(
                f"{name:46}{clients:9}{row.load.rate / function:12.2f}{row.load.rate / engine:10.2f}"
                f"{row.load.rate / rate:13.2f}  {peer}"
            )


def own_share(table: Mapping[tuple[str, int], Row]) -> None:
    """What our server takes itself, by the rows of its engine that answers at once."""
    print()
    for (name, clients), row in table.items():
        if name.startswith(ALONE):
            print(f"{name:46}{clients:9} clients: own share {row.load.server_cpu:.2f} ms of CPU a request")


def free_port() -> int:
    """A port that nobody uses. Nor are the two behind it, for a server that wants three."""
    while True:
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            port = 0
            for _ in range(3):
                port = held.enter_context(socket.create_server(("127.0.0.1", port))).getsockname()[1] + 1
            return port - 3


if __name__ == "__main__":
    main()
