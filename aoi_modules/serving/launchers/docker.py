"""`--engine=docker`: the real `tensorflow/serving` image in place of this server, with the same arguments."""

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import fields, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

import grpc

from aoi_modules.child_process import write_ready_file
from aoi_modules.errors import AoiError
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.serving import base_path
from aoi_modules.serving.flags import ANY_PORT, Flags
from aoi_modules.serving.model_config import ServedModel

IMAGE = "tensorflow/serving:2.20.0"
PROGRAMS = ("docker", "podman")
PROBE_SECONDS = 20
"""How long a daemon may take to say that it is there."""
START_SECONDS = 600
"""How long the image may take to come and to load its models."""
_FILES = ("model_config_file", "monitoring_config_file", "batching_parameters_file", "ssl_config_file")
_HINT = "start Docker or install Podman, or leave out --engine=docker: the embedded server takes the same flags"


def run(flags: Flags, models: Sequence[ServedModel]) -> int:
    """Runs the image until it ends or is stopped; returns its exit code.

    Raises:
        AoiError: there is no Docker and no Podman that works here, or the server is not ready in time.
    """
    program = find_program()
    flags = replace(flags, port=_chosen(flags.port), rest_api_port=_chosen(flags.rest_api_port))
    child = subprocess.Popen(command(program, flags, models))
    before = signal.signal(signal.SIGTERM, _end)
    try:
        _wait(child, flags)
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()  # the terminal sent the signal to the child, too
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
        signal.signal(signal.SIGTERM, before)


def _end(_signal: int, _frame: object) -> NoReturn:
    """What is told to stop must not leave its container behind."""
    raise SystemExit(0)


def find_program() -> str:
    """Docker or Podman, whichever answers.

    Raises:
        AoiError: neither does; with what each said.
    """
    program, reasons = look()
    if program is None:
        raise AoiError(f"--engine=docker: {reasons}", hint=_HINT)
    return program


def look() -> tuple[str | None, str]:
    """Docker or Podman, whichever answers, as the path of its program; else None, and in words what each said."""
    reasons = []
    for name in PROGRAMS:
        if (program := shutil.which(name)) is None:
            reasons.append(f"{name} is not installed")
            continue
        try:
            done = subprocess.run([program, "info"], capture_output=True, text=True, timeout=PROBE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            reasons.append(f"{name} does not answer")
            continue
        if done.returncode == 0:
            return program, ""
        words = done.stderr.strip().splitlines() or ["no reason given"]
        reasons.append(f"{name} does not work: {words[0]}")
    return None, "; ".join(reasons)


def command(program: str, flags: Flags, models: Sequence[ServedModel]) -> list[str]:
    """The command that runs the image. Folders have the same path inside, so that config files hold for both."""
    host = flags.host or "0.0.0.0"
    words = [program, "run", "--rm", "--init", "--entrypoint=tensorflow_model_server"]
    words += [f"--publish={host}:{port}:{port}" for port in (flags.port, flags.rest_api_port) if port]
    folders = {model.base_path.resolve() for model in models}
    folders |= {Path(getattr(flags, name)).resolve().parent for name in _FILES if getattr(flags, name, "")}
    if flags.grpc_socket_path:
        folders.add(Path(flags.grpc_socket_path).resolve().parent)
    words += [f"--volume={folder}:{folder}" for folder in sorted(folders)]
    return [*words, IMAGE, *_arguments(flags)]


def _arguments(flags: Flags) -> list[str]:
    """The original's flags that differ from their defaults, and the ports."""
    arguments = []
    for flag in fields(flags):
        value = getattr(flags, flag.name)
        if flag.metadata.get("ours") or (value == flag.default and flag.name != "port"):
            continue
        if value and flag.name == "model_base_path":
            value = base_path.read(flags.model_name, value).resolve()
        elif value and flag.name in _FILES:
            value = Path(value).resolve()
        arguments.append(f"--{flag.name}={str(value).lower() if isinstance(value, bool) else value}")
    return arguments


def _chosen(port: int) -> int:
    """A free port in place of `any`."""
    return port if port != ANY_PORT else free_ports(1, "")[0]


def _wait(child: "subprocess.Popen[bytes]", flags: Flags) -> None:
    """Waits until the ports answer, which is when the models are loaded, then says so."""
    if not flags.ready_file:
        return
    probes = {"grpc": (flags.port, _grpc_answers), "rest": (flags.rest_api_port, _rest_answers)}
    host, end = flags.host or "127.0.0.1", time.monotonic() + START_SECONDS
    while not all(answers(host, port) for port, answers in probes.values() if port):
        if child.poll() is not None:
            raise AoiError(f"--engine=docker: {IMAGE} ended with exit code {child.returncode} before it was ready")
        if time.monotonic() > end:
            raise AoiError(f"--engine=docker: {IMAGE} was not ready within {START_SECONDS} s")
        time.sleep(0.2)
    write_ready_file(Path(flags.ready_file), {name: port for name, (port, _) in probes.items() if port})


def _grpc_answers(host: str, port: int) -> bool:
    """Docker accepts connections for a container that does not listen yet, so an open port says nothing."""
    with grpc.insecure_channel(f"{host}:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=1)
        except grpc.FutureTimeoutError:
            return False
        return True


def _rest_answers(host: str, port: int) -> bool:
    with closing(HTTPConnection(host, port, timeout=1)) as connection:
        try:
            connection.request("GET", "/v1/models")
            connection.getresponse()
        except (OSError, HTTPException):  # not yet
            return False
        return True
