"""What this machine has for the course and what is missing, each with the fix. Looks only; changes nothing."""

import errno
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import AoiError
from aoi_modules.machine.disk import words
from aoi_modules.settings import Settings

COMMAND_SECONDS = 5.0
CLUSTER_SECONDS = 2
GIGABYTE = 1e9
ENOUGH_MEMORY_GB = 4.0
ENOUGH_DISK_GB = 5.0
PORTS = {8500: "gRPC of the model server", 8501: "REST of the model server", 8080: "the gateway"}
LESSON_PACKAGES = ("papermill", "nbconvert", "ipykernel", "psutil", "matplotlib")

State = Literal["ok", "missing", "needed"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `aoi doctor`. `missing`: the course runs without it; `needed`: it does not."""

    what: str
    state: State
    found: str
    fix: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which a beginner needs it. Takes some seconds at most: every question has a limit."""
    return [
        python(),
        cores(),
        memory(),
        disk(settings.course_dir),
        tensorflow(),
        lesson_packages(),
        gpu(),
        *data(),
        docker(),
        kubernetes(),
        *(port(number, purpose) for number, purpose in PORTS.items()),
    ]


def python() -> Finding:
    """Reads the version of the interpreter that runs this."""
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    fix = "" if good else "install Python 3.11, 3.12 or 3.13"
    return Finding(what="Python", state="ok" if good else "needed", found=platform.python_version(), fix=fix)


def cores() -> Finding:
    """Counts the processor cores; a run of all lessons takes half of them."""
    return Finding(what="processor cores", state="ok", found=str(os.cpu_count() or 1))


def memory() -> Finding:
    """Measures the memory of the whole machine, in GB of 1e9 bytes."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    return _enough("memory", gigabytes, ENOUGH_MEMORY_GB, "close other programs, or use the profile ci")


def disk(folder: Path) -> Finding:
    """Measures the free space where the folder is or will be, in GB of 1e9 bytes."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free / GIGABYTE
    return _enough("free disk", free, ENOUGH_DISK_GB, f"free some space on the disk of {there}")


def tensorflow() -> Finding:
    """Looks for TensorFlow by its metadata, because importing it would take seconds."""
    for package in ("tensorflow", "tensorflow-cpu"):
        version = _installed(package)
        if version:
            return Finding(what="TensorFlow", state="ok", found=version)
    return Finding(what="TensorFlow", state="needed", found="not installed", fix="pip install 'aoi-academy[train]'")


def lesson_packages() -> Finding:
    """Looks for the packages that run, show and draw lessons."""
    missing = [name for name in LESSON_PACKAGES if not _installed(name)]
    if missing:
        found = f"not installed: {', '.join(missing)}"
        return Finding(what="lesson tools", state="needed", found=found, fix="pip install 'aoi-academy[lab]'")
    return Finding(what="lesson tools", state="ok", found=f"papermill {_installed('papermill')}")


def gpu() -> Finding:
    """Asks the driver for the graphics cards."""
    answer = _answer(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"])
    if answer:
        return Finding(what="GPU", state="ok", found="; ".join(answer.splitlines()))
    return Finding(
        what="GPU", state="missing", found="no NVIDIA driver answers", fix="use the profile cpu, or the GPU Jupyter pod"
    )


def data() -> list[Finding]:
    """Where each data set would be taken from, without a download."""
    from aoi_modules.datasets.sources import finding
    from aoi_modules.datasets.sources.catalogue import CATALOGUE

    def look(name: str) -> Finding:
        what = f"data {name}"
        try:
            place, root = finding.locate(name)
        except AoiError as error:
            return Finding(what=what, state="needed", found=error.message, fix=error.hint)
        if root is None:
            return Finding(what=what, state="missing", found="not on this machine", fix=f"aoi data fetch {name}")
        return Finding(what=what, state="ok", found=f"{place}: {root}")

    return [look(name) for name in CATALOGUE]


def docker() -> Finding:
    """Asks the Docker engine for its version."""
    answer = _answer(["docker", "version", "--format", "{{.Server.Version}}"])
    if answer:
        return Finding(what="Docker engine", state="ok", found=answer)
    found = "the engine does not answer" if shutil.which("docker") else "no docker command"
    fix = "lessons build and start no container then, and say so; or start Docker"
    return Finding(what="Docker engine", state="missing", found=found, fix=fix)


def kubernetes() -> Finding:
    """Asks the cluster that this machine is configured for."""
    fix = "no lesson so far needs one; point kubectl at a cluster to have it"
    try:
        version = _cluster_version()
    except Exception as error:  # no cluster, no network, no permission: the client raises a different error for each
        return Finding(what="Kubernetes", state="missing", found=_first_line(error), fix=fix)
    if not version:
        return Finding(what="Kubernetes", state="missing", found="no cluster is configured", fix=fix)
    return Finding(what="Kubernetes", state="ok", found=version)


def port(number: int, purpose: str) -> Finding:
    """Tries whether a server could have that port of this machine now."""
    what = f"port {number}"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            fix = f"{'stop what listens there, or ' if taken else ''}choose another port for {purpose}"
            return Finding(what=what, state="missing", found="in use" if taken else words(error), fix=fix)
    return Finding(what=what, state="ok", found=f"free, for {purpose}")


def ready(findings: Iterable[Finding]) -> bool:
    """Whether the course runs here."""
    return all(finding.state != "needed" for finding in findings)


def _enough(what: str, gigabytes: float, enough: float, fix: str) -> Finding:
    good = gigabytes >= enough
    found = f"{gigabytes:.1f} GB{'' if good else f', {enough:g} GB are comfortable'}"
    return Finding(what=what, state="ok" if good else "missing", found=found, fix="" if good else fix)


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _answer(command: list[str], run: Callable[..., "subprocess.CompletedProcess[str]"] = subprocess.run) -> str:
    """What a command prints, or nothing if it is not there, fails or takes too long."""
    try:
        done = run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):  # only whether it answers was asked
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _cluster_version() -> str:
    """The version and address of the cluster that is configured, or nothing."""
    from kubernetes import client, config

    try:
        config.load_kube_config()
    except config.ConfigException:
        try:
            config.load_incluster_config()
        except config.ConfigException:
            return ""
    with client.ApiClient() as api:
        api.configuration.retries = False
        version = client.VersionApi(api).get_code(_request_timeout=CLUSTER_SECONDS)
    return f"{version.git_version} at {api.configuration.host}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{lines[0]:.100}" if lines else type(error).__name__
