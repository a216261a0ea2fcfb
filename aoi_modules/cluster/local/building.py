"""Our images: what they are called, and how each is built from a checkout."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from aoi_modules.cluster.local.engine import PROGRAM
from aoi_modules.errors import AoiError, SettingsError
from aoi_modules.settings import child_environment

IMAGES = ("gateway", "model-server", "model-sync", "trainer", "jupyter")
"""Targets of docker/Dockerfile."""
DEVICES = ("cpu", "gpu")
"""Jupyter is built for either."""
OWNER = "aoi"
_SYNTAX = "# syntax="


def image_name(image: str, *, device: str = "", tag: str = "") -> str:
    """How an image is called: `aoi/gateway:0.2.0`, and for a GPU `aoi/jupyter-gpu:0.2.0`.

    Args:
        image: one of IMAGES.
        device: of Jupyter's, one of DEVICES.
        tag: in place of this release's version.
    """
    return f"{OWNER}/{image}{'-gpu' if device == 'gpu' else ''}:{tag or version()}"


def version() -> str:
    """Of this release."""
    return metadata.version("aoi-academy")


@dataclass(frozen=True)
class Build:
    """One run of `docker build`.

    Args:
        name: that the image gets.
        words: of the command.
        text: of the Dockerfile where it goes in by standard input; "" where the command names the file.
    """

    name: str
    words: tuple[str, ...]
    text: str = ""

    def run(self) -> None:
        """Builds; what the builder says goes to the terminal.

        Raises:
            AoiError: the build failed.
        """
        # BuildKit, which an older engine has to be asked for: only it knows mounts.
        environment = child_environment(DOCKER_BUILDKIT="1")
        done = subprocess.run(
            self.words, input=self.text or None, text=True, check=False, env=environment,
            stdin=None if self.text else subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise AoiError(
                f"{self.name}: docker build ended with exit code {done.returncode}; its own words stand above",
                hint="a package index of your own: --option=--secret=id=uv,src=uv.toml; no registry: --plain",
            )


def builds(
    root: Path,
    images: Sequence[str] = IMAGES,
    *,
    devices: Sequence[str] = DEVICES,
    tag: str = "",
    revision: str = "",
    options: Sequence[str] = (),
    plain: bool = False,
) -> list[Build]:
    """Says how images are built.

    Args:
        root: of a checkout.
        images: some of IMAGES.
        devices: for which Jupyter's is built.
        tag: in place of this release's version.
        revision: commit that the labels tell; of the checkout where it is left out.
        options: more of `docker build`, each one word.
        plain: without the line `# syntax`, for an engine that reaches no registry; its own syntax has to do.

    Raises:
        SettingsError: the folder is no checkout.
    """
    file = root / "docker/Dockerfile"
    if not file.is_file() or not (root / "requirements.lock").is_file():
        raise SettingsError(
            f"{root}: expected a checkout, with docker/Dockerfile and requirements.lock",
            hint="change to its folder first",
        )
    text = _plain(file) if plain else ""
    commit = revision or _revision(root)
    made = []
    for image in images:
        for device in devices if image == "jupyter" else ("",):
            name = image_name(image, device=device, tag=tag)
            arguments = {"VERSION": tag or version(), "REVISION": commit}
            arguments |= {"DEVICE": device} if device else {}
            words = [PROGRAM, "build", f"--file={'-' if plain else file}", f"--target={image}", f"--tag={name}"]
            words += [f"--build-arg={key}={value}" for key, value in arguments.items()]
            made.append(Build(name, (*words, *options, str(root)), text))
    return made


def _plain(file: Path) -> str:
    return "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith(_SYNTAX))


def _revision(root: Path) -> str:
    """The commit of a checkout; `unknown` where it is none of git's."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):  # no git here; the label says so
        return "unknown"
    return done.stdout.strip() or "unknown"
