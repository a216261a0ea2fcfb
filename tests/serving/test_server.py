"""The life of a server: versions that come and go, signals, bad starts."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
import requests

from aoi_modules.errors import AoiError
from aoi_modules.serving.doors.health import SERVING
from aoi_modules.serving.flags import ANY_PORT, Flags
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.model_config import ServedModel, to_text
from aoi_modules.serving.server import configured_models, run
from aoi_modules.tf import tf
from aoi_modules.wire.messages import GetModelStatusRequest, GetModelStatusResponse
from tests.serving import saved_models
from tests.serving.calls import STATUS, begin, check, http, predict, predict_request, refusal, statuses, wait_for
from tests.serving.saved_models import function

pytestmark = pytest.mark.slow

X = np.array([2.0], np.float32)
QUICK = ["--file_system_poll_wait_seconds=0.1", "--max_num_load_retries=0"]
AVAILABLE, END = 30, 50


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Base path of a model that takes its time to answer."""
    base = tmp_path_factory.mktemp("slow")
    saved_models.slow(base / "1")
    return base


@dataclass(frozen=True)
class Watched:
    """A server that looks at its base paths ten times a second.

    Args:
        folder: holds the base path of each model; `later` has none yet, `odd` no version, the others have version 1,
            `linked` below a link.
        source: a version to publish there.
        server: of the models.
        channel: to it.
    """

    folder: Path
    source: Path
    server: EmbeddedServer
    channel: grpc.Channel


@pytest.fixture(scope="module")
def watched(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One server for the tests of what happens in a base path; each has a model of its own."""
    folder, source = tmp_path_factory.mktemp("watched"), models / "half" / "00000001"
    names = ("changing", "copied", "warmed", "python", "linked")
    for name in names:
        saved_models.publish(source, folder / name, 1)
    (folder / "linked").rename(folder / "release1")
    (folder / "linked").symlink_to("release1")
    (folder / "odd" / "v0.1").mkdir(parents=True)
    with (
        EmbeddedServer(
            {name: folder / name for name in (*names, "later", "odd")}, flags=[*QUICK, "--start_without_versions"]
        ) as server,
        grpc.insecure_channel(server.grpc) as channel,
    ):
        yield Watched(folder, source, server, channel)


def test_versions_come_and_go_and_every_request_is_answered(watched: Watched) -> None:
    source, base, channel = watched.source, watched.folder / "changing", watched.channel
    seen: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            seen.append(predict(channel, predict_request("changing", x=X)).model_spec.version.value)

    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask)
        try:
            saved_models.publish(source, base, 2)
            wait_for(lambda: statuses(channel, "changing"), lambda s: s == {2: (AVAILABLE, 0, ""), 1: (END, 0, "")})
            saved_models.publish(source, base, 3, broken=True)
            broken = wait_for(lambda: statuses(channel, "changing").get(3), lambda s: s is not None and s[0] == END)
            saved_models.publish(source, base, 4)
            wait_for(lambda: seen[-1:], lambda last: last == [4])
        finally:
            stop.set()
        asking.result(30)
    assert broken is not None
    assert broken[1] != 0
    assert "cannot be loaded" in broken[2]
    assert seen == sorted(seen)
    assert set(seen) <= {1, 2, 4}


def test_a_base_path_that_comes_later(watched: Watched) -> None:
    base, channel = watched.folder / "later", watched.channel
    with pytest.raises(grpc.RpcError):
        predict(channel, predict_request("later", x=X))
    assert f"base path {base} cannot be read" in watched.server.log_tail(1000)
    saved_models.publish(watched.source, base, 7)

    def answered() -> int:
        try:
            return predict(channel, predict_request("later", x=X)).model_spec.version.value
        except grpc.RpcError:
            return 0

    wait_for(answered, lambda version: version == 7)


def test_a_copy_of_a_version_that_goes_on_after_the_first_look(watched: Watched) -> None:
    """Whoever copies into the base path, instead of renaming, shows the server half a version first."""
    source, base, channel = watched.source, watched.folder / "copied", watched.channel
    (base / "2").mkdir()
    shutil.copy(source / "saved_model.pb", base / "2")  # its variables come later
    half = wait_for(lambda: statuses(channel, "copied").get(2), lambda s: s is not None and s[0] == END)
    assert half is not None
    assert half[1] != 0
    assert predict(channel, predict_request("copied", x=X)).model_spec.version.value == 1
    shutil.copytree(source / "variables", base / "2" / "variables")
    wait_for(lambda: statuses(channel, "copied"), lambda s: s.get(2, (0,))[0] == AVAILABLE)
    assert predict(channel, predict_request("copied", x=X)).model_spec.version.value == 2


def test_a_version_that_needs_python_leaves_the_old_one(watched: Watched, tmp_path: Path) -> None:
    def body(x: Any) -> Any:
        return {"y": tf.ensure_shape(tf.py_function(lambda v: v, [x], tf.float32), [None])}

    made = saved_models.write(tmp_path / "2", {"serving_default": function(body, x=tf.TensorSpec([None], tf.float32))})
    saved_models.publish(made, watched.folder / "python", 2)
    channel = watched.channel
    status = wait_for(lambda: statuses(channel, "python").get(2), lambda s: s is not None and s[0] == END)
    assert status is not None
    assert "signature serving_default calls back into Python (EagerPyFunc)" in status[2]
    assert predict(channel, predict_request("python", x=X)).model_spec.version.value == 1
    assert watched.server.log_tail(1000).count("calls back into Python") == 1


def test_a_link_that_is_swapped_brings_its_release(watched: Watched) -> None:
    folder, channel = watched.folder, watched.channel
    assert predict(channel, predict_request("linked", x=X)).model_spec.version.value == 1
    saved_models.publish(watched.source, folder / "release2", 2)
    (folder / "new").symlink_to("release2")
    (folder / "new").replace(folder / "linked")
    wait_for(lambda: statuses(channel, "linked").get(2), lambda s: s == (AVAILABLE, 0, ""))
    assert predict(channel, predict_request("linked", x=X)).model_spec.version.value == 2


def test_why_a_model_has_no_versions(watched: Watched) -> None:
    request = GetModelStatusRequest()
    request.model_spec.name = "odd"
    code, text = refusal(watched.channel, STATUS, request, GetModelStatusResponse)
    assert code == "NOT_FOUND"
    reason = f"no versions of it below {watched.folder}/odd (v0.1: a version is named by a whole number, such as 1)"
    assert text == f"Could not find any versions of model odd: {reason}; waiting for one"
    assert f"model odd: {reason}" in watched.server.log_tail(1000)


def test_a_base_path_by_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "current").symlink_to("release")
    monkeypatch.chdir(tmp_path)
    for text in ("current", str(tmp_path / "current"), f"file://{tmp_path}/current"):
        (model,) = configured_models(Flags(model_base_path=text))
        assert model.base_path == tmp_path / "current"
    with pytest.raises(
        AoiError, match="--model_base_path: model tile: File system scheme 's3' not implemented"
    ) as said:
        run(Flags(model_name="tile", model_base_path="s3://bucket/tile"))
    assert said.value.hint == "copy the versions to a folder, and serve the folder"


def test_a_unix_socket_and_the_log_as_json(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "s"
    flags = [f"--grpc_socket_path={path}", "--log_format=json"]
    with EmbeddedServer({"half": models / "half"}, flags=flags) as server:
        with grpc.insecure_channel(f"unix:{path}") as channel:
            assert predict(channel, predict_request("half", x=X)).outputs["y"].float_val == [3.0]
        assert server.stop() == 0
        events = [json.loads(line) for line in server.log_tail(100).splitlines() if line.startswith("{")]
    assert any(event["event"].startswith("ready: ") and event["level"] == "info" for event in events)
    assert "stopping" in [event["event"] for event in events]


def test_one_broken_model_beside_a_good_one(models: Path, tmp_path: Path) -> None:
    source = models / "half" / "00000001"
    saved_models.publish(source, tmp_path / "good", 1)
    saved_models.publish(source, tmp_path / "bad", 1, broken=True)
    with (
        EmbeddedServer({"bad": tmp_path / "bad", "good": tmp_path / "good"}, flags=QUICK) as server,
        grpc.insecure_channel(server.grpc) as channel,
    ):
        assert predict(channel, predict_request("good", x=X)).outputs["y"].float_val == [3.0]


def test_no_port_is_open_before_each_model_is_there(models: Path, tmp_path: Path, free_port: int) -> None:
    """Whoever starts a server waits for its ports or its health; both would promise a model that answers 404."""
    source, port, config, log = models / "half" / "00000001", free_port, tmp_path / "models.config", tmp_path / "log"
    saved_models.publish(source, tmp_path / "there", 1)
    config.write_text(to_text([ServedModel(name, tmp_path / name) for name in ("there", "late")]))
    command = [
        sys.executable, "-c", "from aoi_modules.cli import main; main()", "serve", "--host=127.0.0.1", f"--port={port}",
        f"--model_config_file={config}", "--enable_grpc_healthcheck_service", *QUICK,
    ]  # fmt: skip
    with log.open("w") as output, subprocess.Popen(command, stderr=output) as process:
        try:
            said = wait_for(log.read_text, lambda text: "the start waits for late" in text)
            assert f"late: base path {tmp_path}/late cannot be read" in said
            assert "model there version 1: AVAILABLE" in said, "what can be loaded is loaded meanwhile"
            with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
                pass
            saved_models.publish(source, tmp_path / "late", 1)
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                grpc.channel_ready_future(channel).result(60)
                assert check(channel) == SERVING
                assert predict(channel, predict_request("late", x=X)).outputs["y"].float_val == [3.0]
                shutil.rmtree(tmp_path / "late")  # what comes or goes later changes nothing
                saved_models.publish(source, tmp_path / "there", 2)
                wait_for(lambda: statuses(channel, "there").get(2), lambda s: s == (AVAILABLE, 0, ""))
                assert check(channel) == SERVING
        finally:
            process.terminate()


def test_nothing_that_can_be_loaded_is_an_error(models: Path, tmp_path: Path) -> None:
    saved_models.publish(models / "half" / "00000001", tmp_path / "bad", 1, broken=True)
    with pytest.raises(AoiError, match=r"exit code 1(.|\n)*Failed to start server.*did not become") as caught:
        EmbeddedServer({"bad": tmp_path / "bad"}, flags=QUICK)
    assert f"model bad version 1: {tmp_path}/bad/1: cannot be loaded" in caught.value.message
    assert "Traceback" not in caught.value.message


def test_sigterm_finishes_what_is_under_way(slow_model: Path) -> None:
    with EmbeddedServer({"slow": slow_model}) as server, grpc.insecure_channel(server.grpc) as channel:
        by_grpc = begin(channel, predict_request("slow", x=X))
        by_rest = HTTPConnection(server.rest.removeprefix("http://"), timeout=30)
        by_rest.request("POST", "/v1/models/slow:predict", b'{"instances": [2]}')
        # What was sent before these were answered has arrived.
        assert statuses(channel, "slow") == {1: (AVAILABLE, 0, "")}
        assert http(f"{server.rest}/v1/models/slow")[0] == 200
        assert server.stop() == 0
        assert by_grpc.result(30).outputs["y"].float_val == [2.0]
        with closing(by_rest):
            assert by_rest.getresponse().status == 200


def test_sigterm_under_load_costs_no_request(models: Path) -> None:
    """Each call by gRPC is answered, or finds nobody who listens. Each client by REST is told to go, with an answer."""
    clients = 8
    with EmbeddedServer({"half": models / "half"}, flags=["--drain_seconds=0.3"]) as server:
        busy = threading.Barrier(2 * clients + 1)

        def by_grpc() -> str:
            with grpc.insecure_channel(server.grpc) as channel:
                predict(channel, predict_request("half", x=X))
                busy.wait(60)
                while True:
                    try:
                        predict(channel, predict_request("half", x=X))
                    except grpc.RpcError as error:
                        return str(error.code())

        def by_rest() -> str:
            with requests.Session() as session:
                url, body = f"{server.rest}/v1/models/half:predict", {"instances": [2.0]}
                session.post(url, json=body, timeout=30).raise_for_status()
                busy.wait(60)
                while True:
                    answer = session.post(url, json=body, timeout=30)
                    assert answer.json() == {"predictions": [3.0]}
                    if answer.headers.get("Connection") == "close":
                        return "told to go"

        with ThreadPoolExecutor(2 * clients) as threads:
            ends = [threads.submit(ask) for ask in [by_grpc, by_rest] * clients]
            busy.wait(60)
            assert server.stop() == 0
            assert {end.result(60) for end in ends} == {"StatusCode.UNAVAILABLE", "told to go"}


def test_sigterm_gives_up_what_takes_too_long(tmp_path: Path) -> None:
    saved_models.slow(tmp_path / "stuck" / "1", turns=100_000_000)
    with EmbeddedServer({"stuck": tmp_path / "stuck"}) as server, grpc.insecure_channel(server.grpc) as channel:
        call = begin(channel, predict_request("stuck", x=X))
        assert statuses(channel, "stuck") == {1: (AVAILABLE, 0, "")}
        assert server.stop() == 0
        assert "it is given up" in server.log_tail()
        with pytest.raises(grpc.RpcError):
            call.result(30)


def test_a_deadline_frees_the_client_at_once(slow_model: Path) -> None:
    flags = ["--rest_api_timeout_in_ms=100"]
    with EmbeddedServer({"slow": slow_model}, flags=flags) as server, grpc.insecure_channel(server.grpc) as channel:
        status, body = http(f"{server.rest}/v1/models/slow:predict", b'{"instances": [2]}')
        assert (status, "not answered within 0.1 s" in json.loads(body)["error"]) == (504, True)
        with pytest.raises(grpc.RpcError) as caught:
            predict(channel, predict_request("slow", x=X), timeout=0.1)
        error: Any = caught.value
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_warm_up_that_fails_keeps_the_version_out(watched: Watched, tmp_path: Path) -> None:
    from tests.serving.saved_models import log

    bad = saved_models.publish(watched.source, tmp_path / "made", 2)
    saved_models.add_warm_up(bad, log())
    saved_models.publish(bad, watched.folder / "warmed", 2)
    channel = watched.channel
    status = wait_for(lambda: statuses(channel, "warmed").get(2), lambda s: s is not None and s[0] == END)
    assert status is not None
    assert status[1] == 3  # INVALID_ARGUMENT
    assert "input size does not match signature" in status[2]
    assert predict(channel, predict_request("warmed", x=X)).model_spec.version.value == 1


def test_a_port_that_is_taken_ends_the_command(server: EmbeddedServer, models: Path) -> None:
    port = server.grpc.rpartition(":")[2]
    program = "from aoi_modules.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "serve", "--host=127.0.0.1", f"--port={port}",
         f"--model_base_path={models / 'half'}"], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"error: --port: cannot listen on port {port} of 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def refused(models: Path, **flags: object) -> str:
    """What a server says, in this process, that cannot open a door."""
    with pytest.raises(AoiError) as caught:
        run(Flags(model_base_path=str(models / "half"), **flags))  # type: ignore[arg-type]
    return caught.value.message


def test_a_port_for_rest_that_is_taken(server: EmbeddedServer, models: Path) -> None:
    port = int(server.rest.rpartition(":")[2])
    said = refused(models, host="127.0.0.1", port=0, rest_api_port=port)
    assert said.startswith(f"--rest_api_port: cannot listen on port {port} of 127.0.0.1")


def test_a_socket_that_cannot_be_had(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "none" / "s"
    said = refused(models, port=0, grpc_socket_path=str(path))
    assert said.startswith(f"--grpc_socket_path: cannot listen at {path}: ")


@pytest.mark.parametrize("ports", [{"port": ANY_PORT, "rest_api_port": 0}, {"port": 0, "rest_api_port": ANY_PORT}])
def test_a_host_that_is_none_of_this_machine(models: Path, ports: dict[str, int]) -> None:
    said = refused(models, host="999.1.1.1", **ports)
    assert said.startswith("--host: cannot listen on any port of 999.1.1.1: ")
    assert "choose another port" not in said


def test_sigterm_while_it_loads(models: Path) -> None:
    program = "from aoi_modules.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port=any", "--host=127.0.0.1",
         f"--model_base_path={models / 'half'}"], stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM)  # by its handler, or before it had one
