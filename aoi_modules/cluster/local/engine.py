"""The Docker engine of this machine, asked by its command line."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aoi_modules.errors import AoiError
from aoi_modules.settings import child_environment

PROGRAM = "docker"
SECONDS = 30
"""How long the engine may take to answer a question."""
NVIDIA = "nvidia"
_HOOK = "nvidia-container-runtime-hook"
"""Of NVIDIA's toolkit: by it `--gpus` works although no runtime was configured."""
NO_GPU = (
    "no GPU runtime: docker info names {runtimes}, so a container sees no GPU and TensorFlow computes on the processor."
    " A machine with one needs NVIDIA's driver and its Container Toolkit: nvidia-ctk runtime configure --runtime=docker"
)


@dataclass(frozen=True)
class Engine:
    """What `docker info` says.

    Args:
        version: of the engine.
        runtimes: that it may start containers by; `nvidia` brings the GPUs.
        devices: that it knows by CDI, such as `nvidia.com/gpu=all`.
        hook: whether NVIDIA's toolkit is installed on this machine.
    """

    version: str
    runtimes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    hook: bool = False

    @property
    def has_gpus(self) -> bool:
        """Whether `--gpus all` finds something that brings GPUs into a container."""
        return self.has_nvidia_runtime or self.hook or any(NVIDIA in device for device in self.devices)

    @property
    def has_nvidia_runtime(self) -> bool:
        """Whether `--runtime=nvidia` names something."""
        return NVIDIA in self.runtimes

    @property
    def no_gpu(self) -> str:
        """What it means that there is no GPU runtime; empty where there is one."""
        return "" if self.has_gpus else NO_GPU.format(runtimes=", ".join(self.runtimes) or "no runtime")


def find_engine() -> Engine:
    """Asks the engine what it has.

    Raises:
        AoiError: Docker is not installed, does not answer, or does not let us in.
    """
    if shutil.which(PROGRAM) is None:
        raise AoiError("docker: the program is not installed", hint="install Docker Engine, or start Docker Desktop")
    done = ask("info", "--format", "{{json .}}")
    try:
        told: dict[str, Any] = json.loads(done.stdout) or {}
    except json.JSONDecodeError:
        told = {}
    problems = [*(told.get("ServerErrors") or []), *done.stderr.strip().splitlines()]
    if not told.get("ServerVersion"):
        raise AoiError(
            f"docker: the engine does not answer: {problems[0] if problems else 'it gave no reason'}",
            hint="start it: sudo systemctl start docker; or be let in: sudo usermod --append --groups docker NAME",
        )
    devices = tuple(str(one.get("ID", "")) for one in told.get("DiscoveredDevices") or [])
    return Engine(
        version=str(told["ServerVersion"]),
        runtimes=tuple(sorted(told.get("Runtimes") or {})),
        devices=devices,
        hook=shutil.which(_HOOK) is not None,
    )


def ask(*words: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs `docker WORDS` to its end, and gives what it said.

    Args:
        words: behind `docker`.
        environment: variables over those of this process, which stand in no list of processes.

    Raises:
        AoiError: the engine does not answer in time.
    """
    try:
        return subprocess.run(
            [PROGRAM, *words], capture_output=True, text=True, timeout=SECONDS, check=False,
            env=child_environment(**(environment or {})),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise AoiError(
            f"docker {words[0]}: no answer within {SECONDS} s", hint="look after the engine: docker info"
        ) from None


def has_image(name: str) -> bool:
    """Whether an image is on this machine."""
    return ask("image", "inspect", name).returncode == 0


def size_of(name: str) -> int:
    """How many bytes an image has on this machine, with those of its base.

    Raises:
        AoiError: there is no such image.
    """
    done = ask("image", "inspect", "--format", "{{.Size}}", name)
    if done.returncode:
        raise AoiError(f"{name}: there is no such image on this machine", hint="aoi docker build")
    return int(done.stdout)


def last_words(name: str, lines: int = 5) -> str:
    """The last lines that a container printed."""
    done = ask("logs", "--tail", str(lines), name)
    return "\n".join(f"{done.stdout}{done.stderr}".strip().splitlines()[-lines:])


def shown(words: Sequence[str]) -> str:
    """A command as a person reads and copies it: an option a line."""
    return " \\\n  ".join([shlex.join(words[:2]), *(shlex.quote(word) for word in words[2:])])
