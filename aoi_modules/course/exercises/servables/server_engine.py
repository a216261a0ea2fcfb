"""A container engine with an image of a model server: the original, or ours, which takes its place and its flags."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from aoi_modules.cluster.container import Container
from aoi_modules.cluster.local.building import image_name
from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers.docker import IMAGE
from aoi_modules.study.containers.engine import PULL, Engine

PROGRAM = "tensorflow_model_server"
"""By this name both images start the server."""
_DROPPED = ("--rm", "-d", "--detach", "-i", "-t", "-it", "-ti", "-dit", "-itd", "--interactive", "--tty")
"""Options that are chosen here: the log has to stay until it was read, and nobody sits before the container."""


@dataclass(frozen=True)
class ServerEngine:
    """An engine, and the image that stands for the model server on it.

    Args:
        engine: at work.
        image: that is started.
    """

    engine: Engine
    image: str

    @classmethod
    def find(cls, owner: str) -> "ServerEngine":
        """The engine of this machine with the original image, or else with ours.

        Args:
            owner: whose label goes on what is started.

        Raises:
            CourseError: there is no engine, or it has neither image and can get none; in words for a report.
        """
        engine, ours = Engine.here(owner), image_name("model-server")
        for image in (IMAGE, ours):
            if engine.has(image):
                return cls(engine, image)
        if engine.ask("pull", IMAGE, seconds=PULL).returncode == 0:
            return cls(engine, IMAGE)
        raise CourseError(
            f"{engine.name} is there, but has neither {IMAGE} nor {ours}, and cannot pull the first",
            hint=f"docker pull {IMAGE}; or build ours in a checkout: aoi docker build model-server",
        )

    @property
    def name(self) -> str:
        """Engine and image, as people say it."""
        stands_for = "" if self.image == IMAGE else f", which stands for {IMAGE} here"
        return f"{self.engine.name} with {self.image}{stands_for}"

    def start(self, command: str | Sequence[str], container: Container) -> str:
        """Starts what a `docker run` command describes, in the background; gives its id.

        Args:
            command: of the reader.
            container: the same, read.

        Raises:
            CourseError: the engine refuses; with its own words.
        """
        options = [word for word in options_of(command, container) if word not in _DROPPED]
        if self.image == IMAGE:
            return self.engine.start(["--detach", *options, container.image, *container.arguments])
        # Ours has no start script, so it is told what that of the original would add.
        words = [f"--entrypoint={PROGRAM}", self.image, *container.server_arguments]
        return self.engine.start(["--detach", *options, *words])


def options_of(command: str | Sequence[str], container: Container) -> list[str]:
    """The words between `docker run` and the image, without an --entrypoint."""
    words = shlex.split(command.replace("\\\n", " ")) if isinstance(command, str) else list(command)
    found = words[words.index("run") + 1 : len(words) - len(container.arguments) - 1]
    kept, skip = [], False
    for word in found:
        if not skip and word.split("=")[0] != "--entrypoint":
            kept.append(word)
        skip = word == "--entrypoint"
    return kept
