"""Jupyter's command, and what keeps it from being started. tests/docker/test_running.py starts it on a real engine."""

import os
import socket
from http.server import HTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread

import pytest

from aoi_modules.cluster.container import Container
from aoi_modules.cluster.local.engine import Engine
from aoi_modules.cluster.local.jupyter import Gpu, Jupyter, choose_gpu, read_token, start
from aoi_modules.errors import AoiError, SettingsError
from tests.cluster.local.program import install
from tests.docker.test_health import Answers

TOKEN = "a-token-that-nobody-guesses"
PLAIN, CDI, OLD = Engine("28"), Engine("28", devices=("nvidia.com/gpu=all",)), Engine("18", runtimes=("nvidia", "runc"))


def test_the_command_is_one_that_lesson_1_reads(tmp_path: Path) -> None:
    jupyter = Jupyter(tmp_path, name="ann", port=9000, gpu=Gpu.GPUS)
    read = Container.of_docker(jupyter.words)
    assert read.image.startswith("aoi/jupyter-gpu:")
    assert read.published == {8888: 9000}
    assert [(mount.source, mount.target) for mount in read.mounts] == [
        (str(tmp_path), PurePosixPath("/home/jovyan/work"))
    ]
    assert {"--detach", "--restart=always", "--name=ann", "--gpus=all"} <= set(jupyter.words)
    assert jupyter.url == "http://127.0.0.1:9000/lab"


@pytest.mark.parametrize(
    ("gpu", "flags", "image"),
    [
        (Gpu.NONE, set(), "aoi/jupyter:"),
        (Gpu.GPUS, {"--gpus=all"}, "aoi/jupyter-gpu:"),
        (Gpu.RUNTIME, {"--runtime=nvidia"}, "aoi/jupyter-gpu:"),
    ],
)
def test_the_flag_of_the_gpus_and_the_image_go_together(gpu: Gpu, flags: set[str], image: str, tmp_path: Path) -> None:
    words = Jupyter(tmp_path, gpu=gpu).words
    assert {word for word in words if word.startswith(("--gpus", "--runtime"))} == flags
    assert words[-1].startswith(image)


@pytest.mark.parametrize(
    ("address", "url"), [("0.0.0.0", "http://127.0.0.1:8888/lab"), ("::1", "http://[::1]:8888/lab")]
)
def test_the_address_is_one_for_a_browser(address: str, url: str, tmp_path: Path) -> None:
    assert Jupyter(tmp_path, address=address).url == url


@pytest.mark.parametrize(
    ("found", "wanted", "older", "chosen"),
    [
        (PLAIN, None, False, Gpu.NONE),
        (CDI, None, False, Gpu.GPUS),
        (CDI, True, False, Gpu.GPUS),
        (OLD, True, True, Gpu.RUNTIME),
        (OLD, False, False, Gpu.NONE),
    ],
)
def test_gpus_are_taken_where_there_are_some(found: Engine, wanted: bool | None, older: bool, chosen: Gpu) -> None:
    assert choose_gpu(found, wanted=wanted, older=older) is chosen


@pytest.mark.parametrize(
    ("found", "older", "said"), [(PLAIN, False, "no GPU runtime"), (CDI, True, "no runtime nvidia")]
)
def test_gpus_that_are_not_there_are_refused(found: Engine, older: bool, said: str) -> None:
    with pytest.raises(AoiError, match=f"--gpu: .*{said}") as caught:
        choose_gpu(found, wanted=True, older=older)
    assert "--no-gpu" in caught.value.hint


def test_a_token_from_a_file_wins_and_loses_its_line_break(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert read_token("another", tmp_path / "token") == TOKEN
    assert read_token(TOKEN, None) == TOKEN


@pytest.mark.parametrize(
    ("text", "said"), [("", "Received: none"), ("short", "Received: 5"), ("a b" * 9, "without spaces")]
)
def test_a_token_that_keeps_nobody_out_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        read_token(text, None)
    assert caught.value.exit_code == 2
    assert "AOI_JUPYTER_TOKEN" in caught.value.hint


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--token-file .*token: cannot be read"):
        read_token(TOKEN, tmp_path / "token")


def test_an_image_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, {"image": (1, "", "No such image")})
    with pytest.raises(AoiError, match=r"aoi/jupyter:.*: there is no such image on this machine"):
        start(Jupyter(tmp_path), TOKEN)


def test_a_port_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = install(tmp_path, monkeypatch, {})
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AoiError, match=f"--port {port}: 127.0.0.1:{port} cannot be listened on") as caught:
            start(Jupyter(tmp_path, port=port), TOKEN)
    assert f"--port {port + 1}" in caught.value.hint
    assert " run " not in calls.read_text()


def test_a_folder_into_which_the_container_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    install(tmp_path, monkeypatch, {})
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o755)
    if os.geteuid() == 0:
        os.chown(closed, 4711, 4711)
    with pytest.raises(AoiError, match=r"--workdir .*closed: expected a folder .* mode 755") as caught:
        start(Jupyter(closed, port=free_port), TOKEN)
    assert "chown --recursive 1000:100" in caught.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(AoiError, match=r"expected a folder\. Received: a file"):
        start(Jupyter(tmp_path / "file", port=free_port), TOKEN)
    with pytest.raises(AoiError, match="cannot be made: Not a directory"):
        start(Jupyter(tmp_path / "file" / "below", port=free_port), TOKEN)


@pytest.mark.parametrize(
    ("said", "match", "kept"),
    [
        ('docker: Error response: Conflict. The name "/ann" is already in use by container "1".', "called that", True),
        ("docker: Error response from daemon: no space left.\nSee 'docker run --help'.", "no space left", False),
        ("", "no reason given", False),
    ],
)
def test_what_docker_refuses(
    said: str, match: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    calls = install(tmp_path, monkeypatch, {"run": (125, "", said)})
    with pytest.raises(AoiError, match=match):
        start(Jupyter(_open(tmp_path), name="ann", port=free_port), TOKEN)
    assert ("rm --force ann" in calls.read_text()) is not kept


def test_the_token_is_in_the_environment_and_in_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The port is that of a real server, which comes to listen while `docker run` is under way."""
    calls = install(tmp_path, monkeypatch, {"inspect": (0, "running 0\n", "")})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    jupyter = Jupyter(_open(tmp_path), port=port)
    thread = Thread(target=lambda: _answer_soon(port, calls))
    thread.start()
    start(jupyter, TOKEN, ready_seconds=30)
    thread.join()
    (run,) = [line for line in calls.read_text().splitlines() if " run " in line]
    assert run.startswith(f"{TOKEN} run ")
    assert TOKEN not in run.removeprefix(TOKEN)


@pytest.mark.parametrize(("state", "said"), [("exited 0", "ended"), ("running 2", "ended"), ("running 0", "in time")])
def test_a_jupyter_that_does_not_come(
    state: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    answers = {"inspect": (0, f"{state}\n", ""), "logs": (0, "", "no such module\n")}
    calls = install(tmp_path, monkeypatch, answers)
    with pytest.raises(AoiError, match=rf"(?s){said}.*no such module"):
        start(Jupyter(_open(tmp_path), port=free_port), TOKEN, ready_seconds=0)
    assert calls.read_text().splitlines()[-1].endswith("rm --force aoi-jupyter")


def _open(folder: Path) -> Path:
    """A folder that everybody may write to."""
    made = folder / "work"
    made.mkdir()
    made.chmod(0o777)
    return made


class Api(Answers):
    """Answers at /api, as Jupyter does without a token."""

    good = "/api"


def _answer_soon(port: int, calls: Path) -> None:
    while not calls.exists() or " run " not in calls.read_text():
        pass
    with HTTPServer(("127.0.0.1", port), Api) as server:
        server.handle_request()
