"""One container as somebody describes it: by `docker run`, or in the pod of a Kubernetes file.

Both say the same things, so both are read into one form. It can answer what the program inside will see.
"""

import argparse
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from aoi_modules.errors import SettingsError

SCRIPT_ARGUMENTS = ("--port=8500", "--rest_api_port=8501")
"""What the start script of the image `tensorflow/serving` gives to the server, before our own arguments."""
SCRIPT_ENVIRONMENT = {"MODEL_BASE_PATH": "/models", "MODEL_NAME": "model"}
"""The variables that the start script reads, as the image sets them."""


@dataclass(frozen=True)
class Mount:
    """A folder that the container sees.

    Args:
        source: where it comes from: a folder of this machine or a named volume, as it was written.
        target: where the container sees it.
        read_only: whether the container may only read it.
    """

    source: str
    target: PurePosixPath
    read_only: bool


@dataclass(frozen=True)
class Container:
    """What is started, and what it sees.

    Args:
        image: as it was written, with its version if it has one.
        program: what runs in place of the image's start script; None for the script.
        arguments: behind the image, for the program or the script.
        published: port outside, by port inside; of Docker only, because a Service publishes those of a pod.
        mounts: folders that the container sees.
        environment: variables that were set.
        options: what else was said, by its long name: {"--name": "tile", "--detach": ""}; of Docker only.
    """

    image: str
    program: str | None = None
    arguments: tuple[str, ...] = ()
    published: Mapping[int, int] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_docker(cls, command: str | Sequence[str]) -> "Container":
        """Reads a `docker run` command.

        Args:
            command: as a shell takes it, perhaps on several lines, or its words; `sudo` may stand before it.

        Raises:
            SettingsError: it is none, or has an option that is not known here.
        """
        words = _words(command)
        if words[:1] == ["sudo"]:
            del words[0]
        if words[:2] not in (["docker", "run"], ["podman", "run"]):
            raise SettingsError(f"expected a command that begins with docker run. Received: {' '.join(words[:2])!r}")
        found = _docker_options().parse_args(words[2:])
        return cls(
            image=found.image,
            program=found.entrypoint,
            arguments=tuple(found.arguments),
            published=dict(map(_published, found.publish)),
            mounts=(*map(_volume, found.volume), *map(_mount, found.mount)),
            environment=dict(map(_variable, found.env)),
            options=dict(_others(found)),
        )

    @classmethod
    def of_pod(cls, container: Mapping[str, Any]) -> "Container":
        """Reads an entry of `containers` in a Kubernetes file; the sources of its mounts are volumes of the pod."""
        mounts = (
            Mount(str(one["name"]), PurePosixPath(one["mountPath"]), bool(one.get("readOnly")))
            for one in container.get("volumeMounts") or []
        )
        program = (container.get("command") or [None])[0]
        return cls(
            image=str(container.get("image", "")),
            program=program,
            arguments=tuple(map(str, [*(container.get("command") or [])[1:], *(container.get("args") or [])])),
            mounts=tuple(mounts),
            environment={str(one["name"]): str(one.get("value", "")) for one in container.get("env") or []},
        )

    @property
    def server_arguments(self) -> tuple[str, ...]:
        """What the model server itself is started with; where an argument comes twice, the last one counts."""
        if self.program is not None:
            return self.arguments
        variables = {**SCRIPT_ENVIRONMENT, **self.environment}
        name, folder = variables["MODEL_NAME"], variables["MODEL_BASE_PATH"]
        script = (*SCRIPT_ARGUMENTS, f"--model_name={name}", f"--model_base_path={folder}/{name}")
        return (*script, *self.arguments)

    @property
    def server_flags(self) -> dict[str, str]:
        """The same as {flag: value}. TensorFlow Serving reads `--flag=value`; a flag alone is `true`.

        Raises:
            SettingsError: an argument is no flag.
        """
        flags = {}
        for word in self.server_arguments:
            name, _, value = word.removeprefix("--").partition("=")
            if not word.startswith("--") or not name:
                raise SettingsError(
                    f"expected --flag=value behind the image. Received: {word!r}",
                    hint="what stands behind the image goes to the server, what stands before it to Docker",
                )
            flags[name] = value or "true"
        return flags

    def here(self, folders: Mapping[str, Path] | None = None) -> list[str]:
        """Gives the server's arguments with the paths of this machine, so that `aoi serve` can be started with them.

        Args:
            folders: folder of this machine by source of a mount; without an entry the source itself is one.

        Raises:
            SettingsError: an argument is no flag.
        """
        known = folders or {}
        arguments = []
        for name, value in self.server_flags.items():
            found = self.outside(value) if value.startswith("/") else None
            if found is not None:
                mount, rest = found
                value = str(known.get(mount.source, Path(mount.source)) / rest)
            arguments.append(f"--{name}={value}")
        return arguments

    def outside(self, path: str) -> tuple[Mount, PurePosixPath] | None:
        """Finds where a path of the container comes from: the mount, and the rest of the path below it."""
        inside = PurePosixPath(path)
        covering = [mount for mount in self.mounts if inside.is_relative_to(mount.target)]
        if not covering:
            return None
        nearest = max(covering, key=lambda mount: len(mount.target.parts))
        return nearest, inside.relative_to(nearest.target)


class _Options(argparse.ArgumentParser):
    """Refuses by an error of ours, where argparse would end the program."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"docker run: {message}", hint="the order is: docker run [options] IMAGE [arguments]")


_SWITCHES = (
    *(("--rm",), ("--init",), ("--read-only",), ("--privileged",)),
    *(("-d", "--detach"), ("-i", "--interactive"), ("-t", "--tty")),
)
_VALUES = (
    *(("--name",), ("-m", "--memory"), ("--cpus",), ("-u", "--user"), ("-w", "--workdir"), ("--restart",)),
    *(("--network", "--net"), ("--gpus",), ("--runtime",), ("--shm-size",), ("--pull",), ("--platform",)),
    *(("--tmpfs",), ("-l", "--label"), ("--cap-drop",), ("--cap-add",), ("--security-opt",), ("--add-host",)),
    *(("--stop-timeout",), ("--log-driver",), ("--log-opt",), ("--ulimit",), ("-h", "--hostname"), ("--env-file",)),
)


def _docker_options() -> argparse.ArgumentParser:
    options = _Options(prog="docker run", add_help=False, allow_abbrev=False)
    for names in _SWITCHES:
        options.add_argument(*names, action="store_true")
    for names in _VALUES:
        options.add_argument(*names, action="append")
    options.add_argument("--entrypoint")
    for names in (("-p", "--publish"), ("-v", "--volume"), ("--mount",), ("-e", "--env")):
        options.add_argument(*names, action="append", default=[])
    options.add_argument("image", metavar="IMAGE")
    options.add_argument("arguments", nargs=argparse.REMAINDER)
    return options


def _others(found: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The options that have no field of their own; of one that comes twice the last counts, as for Docker."""
    for names in (*_SWITCHES, *_VALUES):
        option = next(name for name in names if name.startswith("--"))
        value = getattr(found, option.removeprefix("--").replace("-", "_"))
        if value:
            yield option, "" if value is True else value[-1]


def _words(command: str | Sequence[str]) -> list[str]:
    if not isinstance(command, str):
        return list(command)
    try:
        return shlex.split(command.replace("\\\n", " "))
    except ValueError as error:
        raise SettingsError(f"docker run: not a command that a shell could read: {error}") from None


def _published(text: str) -> tuple[int, int]:
    """`[ADDRESS:]OUTSIDE:INSIDE`: the port inside, and the one outside."""
    ports = text.split(":")[-2:]
    if len(ports) != 2 or not all(port.isascii() and port.isdigit() for port in ports):
        raise SettingsError(f"--publish: expected OUTSIDE:INSIDE, such as 8500:8500. Received: {text!r}")
    outside, inside = map(int, ports)
    return inside, outside


def _volume(text: str) -> Mount:
    """`SOURCE:TARGET[:OPTIONS]`."""
    source, _, rest = text.partition(":")
    target, _, options = rest.partition(":")
    if not source or not target.startswith("/"):
        raise SettingsError(f"--volume: expected SOURCE:TARGET, the target from / on. Received: {text!r}")
    return Mount(source, PurePosixPath(target), "ro" in options.split(","))


def _mount(text: str) -> Mount:
    """`type=bind,source=...,target=...,readonly`."""
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    source, target = (next((parts[name] for name in names if name in parts), "") for names in _MOUNT_KEYS)
    if not source or not target.startswith("/"):
        raise SettingsError(f"--mount: expected type=bind,source=...,target=/... Received: {text!r}")
    return Mount(source, PurePosixPath(target), any(parts.get(key, "no") in ("", "true", "1") for key in _READ_ONLY))


_MOUNT_KEYS = (("source", "src"), ("target", "destination", "dst"))
_READ_ONLY = ("readonly", "ro")


def _variable(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
