"""Jupyter in a container on this machine, as lesson 1 builds the command up by hand."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from aoi_modules.cluster.local import engine
from aoi_modules.cluster.local.building import image_name
from aoi_modules.cluster.local.engine import PROGRAM, Engine
from aoi_modules.errors import AoiError, SettingsError

PORT = 8888
"""On which Jupyter listens in its container."""
WORK = "/home/jovyan/work"
"""Where the container sees the trainee's folder."""
USER, GROUP = 1000, 100
"""Of the Jupyter project's images."""
TOKEN = "JUPYTER_TOKEN"
"""Jupyter's own variable. It goes in by its name alone: what stands in a command is seen by everybody here."""
LEAST_LETTERS = 16
READY_SECONDS = 180.0
"""How long Jupyter may take to answer."""
_POLL_SECONDS = 0.5


class Gpu(Enum):
    """How a container gets the GPUs: not, by today's flag, or by the one from before Docker 19.03."""

    NONE = ()
    GPUS = ("--gpus=all",)
    RUNTIME = ("--runtime=nvidia",)


@dataclass(frozen=True)
class Jupyter:
    """A container with JupyterLab.

    Args:
        workdir: folder of this machine, where all work is kept.
        name: of the container.
        port: of this machine.
        address: of this machine; only its own by default.
        gpu: how it gets the GPUs.
        image: with its version; "" for ours that fits.
    """

    workdir: Path
    name: str = "aoi-jupyter"
    port: int = PORT
    address: str = "127.0.0.1"
    gpu: Gpu = Gpu.NONE
    image: str = ""

    @property
    def chosen_image(self) -> str:
        """The image that is started."""
        return self.image or image_name("jupyter", device="cpu" if self.gpu is Gpu.NONE else "gpu")

    @property
    def words(self) -> list[str]:
        """The command; the token is in the environment of whoever runs it."""
        return [
            PROGRAM, "run", "--detach", f"--name={self.name}", "--restart=always",
            f"--publish={self.address}:{self.port}:{PORT}", *self.gpu.value,
            f"--volume={self.workdir.resolve()}:{WORK}", f"--env={TOKEN}", "--shm-size=2g",
            "--cap-drop=ALL", "--security-opt=no-new-privileges", self.chosen_image,
        ]  # fmt: skip

    @property
    def url(self) -> str:
        """What is opened in a browser; there it asks for the token."""
        host = "127.0.0.1" if self.address in ("0.0.0.0", "::") else self.address
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/lab"


def choose_gpu(found: Engine, *, wanted: bool | None, older: bool) -> Gpu:
    """Chooses how a container gets the GPUs.

    Args:
        found: the engine of this machine.
        wanted: None takes them where there are some.
        older: by the flag from before Docker 19.03.

    Raises:
        AoiError: they are wanted, and nothing brings them.
    """
    if wanted is False or (wanted is None and not found.has_gpus):
        return Gpu.NONE
    if not (found.has_nvidia_runtime if older else found.has_gpus):
        raise AoiError(
            f"--gpu: {found.no_gpu or 'docker info names no runtime nvidia, which the older flag asks for'}",
            hint="--no-gpu starts the build for the processor",
        )
    return Gpu.RUNTIME if older else Gpu.GPUS


def read_token(text: str, file: Path | None) -> str:
    """The token from a file or, without one, from the settings.

    Raises:
        SettingsError: there is none, or it is too short to keep anybody out.
    """
    if file is not None:
        try:
            text = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"--token-file {file}: cannot be read: {error}") from None
    make = "export AOI_JUPYTER_TOKEN=$(python3 -c 'import secrets; print(secrets.token_hex(24))')"
    if not text:
        raise SettingsError(
            "token: expected AOI_JUPYTER_TOKEN or --token-file, because whoever reaches Jupyter runs what they like."
            " Received: none",
            hint=make,
        )
    if len(text) < LEAST_LETTERS or not text.isprintable() or " " in text:
        raise SettingsError(
            f"token: expected {LEAST_LETTERS} letters or more without spaces. Received: {len(text)}", hint=make
        )
    return text


def start(jupyter: Jupyter, token: str, *, ready_seconds: float = READY_SECONDS) -> None:
    """Starts the container, and returns when Jupyter answers.

    Raises:
        AoiError: the image is not there, the port or the name is taken, the folder cannot be used, or Jupyter ended.
    """
    if not engine.has_image(jupyter.chosen_image):
        raise AoiError(
            f"{jupyter.chosen_image}: there is no such image on this machine",
            hint="in a checkout: make images; or name one that is there: --image",
        )
    _check_port(jupyter)
    _prepare(jupyter.workdir)
    done = engine.ask(*jupyter.words[1:], environment={TOKEN: token})
    if done.returncode:
        engine_said = (done.stderr.strip().splitlines() or ["no reason given"])[0].removeprefix("docker: ")
        if "is already in use by container" in engine_said:
            raise AoiError(
                f"--name {jupyter.name}: a container is called that already",
                hint=f"stop and forget it: docker rm --force {jupyter.name}; or another --name",
            )
        engine.ask("rm", "--force", jupyter.name)  # what could not be started is made, and would be tried for ever
        raise AoiError(f"docker run: {engine_said}", hint="aoi docker jupyter --print shows the command")
    _wait(jupyter, ready_seconds)


def _check_port(jupyter: Jupyter) -> None:
    family = socket.AF_INET6 if ":" in jupyter.address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was closed a moment ago is free
        try:
            probe.bind((jupyter.address, jupyter.port))
        except OSError as error:
            raise AoiError(
                f"--port {jupyter.port}: {jupyter.address}:{jupyter.port} cannot be listened on: {error.strerror}",
                hint=f"another program may listen there; try --port {jupyter.port + 1}",
            ) from None


def _prepare(workdir: Path) -> None:
    """Makes the folder, and looks whether the container's user may write there."""
    try:
        for folder in _missing(workdir):
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, USER, GROUP)
        found = workdir.stat()
    except OSError as error:
        raise AoiError(f"--workdir {workdir}: cannot be made: {error.strerror}") from None
    if not workdir.is_dir():
        raise AoiError(f"--workdir {workdir}: expected a folder. Received: a file")
    bits = 0o3 if found.st_uid != USER and found.st_gid != GROUP else 0o30 if found.st_uid != USER else 0o300
    if found.st_mode & bits != bits:
        raise AoiError(
            f"--workdir {workdir}: expected a folder into which the user {USER} of the container may write."
            f" Received: one of user {found.st_uid}, mode {found.st_mode & 0o777:o}",
            hint=f"sudo chown --recursive {USER}:{GROUP} {workdir}",
        )


def _missing(folder: Path) -> Iterator[Path]:
    """The folders that have to be made, from above."""
    yield from reversed([path for path in (folder, *folder.parents) if not path.exists()])


def _wait(jupyter: Jupyter, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not _answers(jupyter):
        state = engine.ask("inspect", "--format", "{{.State.Status}} {{.RestartCount}}", jupyter.name).stdout.split()
        restarted = len(state) == 2 and state[1] != "0"
        if state[:1] != ["running"] or restarted or time.monotonic() > end:
            words = engine.last_words(jupyter.name)
            engine.ask("rm", "--force", jupyter.name)  # else it would be started again and again
            reason = "did not answer in time" if state[:1] == ["running"] and not restarted else "ended"
            raise AoiError(f"Jupyter {reason}, and its container is removed; its last words:\n{words}")
        time.sleep(_POLL_SECONDS)


def _answers(jupyter: Jupyter) -> bool:
    """Docker takes connections for a container that does not listen yet, so an open port says nothing."""
    host = jupyter.url.removeprefix("http://").partition("/")[0]
    with closing(HTTPConnection(host, timeout=2)) as connection:
        try:
            connection.request("GET", "/api")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):  # not yet
            return False
