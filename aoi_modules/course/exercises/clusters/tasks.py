"""The task of lesson 2: names, sizes and ports that dice choose for one trainee."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from aoi_modules.course.checks import Hint, kind

IMAGE = "quay.io/jupyter/minimal-notebook:2026-07-28"
"""The Jupyter of the lesson; tests hold it to docker/versions.env."""
INSIDE = 8888
"""The port on which Jupyter listens in its container."""
HOME = "/home/jovyan"
"""The home of that image's user, who has the number 1000 and the group 100."""
SECRET = "jupyter-token"
_USERS = ("ada", "bora", "chen", "dilan", "elif", "farid", "gita", "hana", "ivo", "jun", "kaya", "lin", "mina", "noor")
_PARTS = ("tiles", "boards", "lenses", "gears", "valves", "hinges", "springs", "plugs")


@dataclass(frozen=True)
class Task:
    """What one trainee has to bring to a cluster.

    Args:
        user: the trainee's name in the exercises.
        number: that tells namesakes apart.
        parts: what the trainee's line makes.
        port: at which Jupyter has to be found; of the `docker run` line, and of the Service.
        gigabytes: of the claim, in Gi.
        millis: thousandths of a processor that Jupyter is promised.
        memory: that it is promised, in Mi; it may take twice as much.
        folder: of the lesson, absolute.
    """

    user: str
    number: int
    parts: str
    port: int
    gigabytes: int
    millis: int
    memory: int
    folder: Path

    @classmethod
    def of(cls, dice: Random, folder: Path) -> "Task":
        """The task that the dice choose."""
        return cls(
            user=dice.choice(_USERS),
            number=dice.randrange(2000, 3000),
            parts=dice.choice(_PARTS),
            port=dice.randrange(18100, 18900),
            gigabytes=dice.randrange(2, 9),
            millis=dice.choice((200, 250, 300, 350, 400)),
            memory=dice.choice((384, 448, 512, 640, 768)),
            folder=folder.resolve(),
        )

    @property
    def namespace(self) -> str:
        """The trainee's own room in a cluster."""
        return f"lesson2-{self.user}-{self.number}"

    @property
    def name(self) -> str:
        """Of the trainee's Jupyter."""
        return f"jupyter-{self.user}"

    @property
    def claim(self) -> str:
        """Of the claim that keeps the work."""
        return f"work-{self.parts}"

    @property
    def inside(self) -> str:
        """Where the container has to see the claim."""
        return f"{HOME}/work"

    @property
    def line(self) -> str:
        """The `docker run` line that the objects replace."""
        return (
            f"docker run -p {self.port}:{INSIDE} -v /srv/{self.claim}:{self.inside} --name {self.name} "
            f"--memory {2 * self.memory}m -d --restart=always {IMAGE}"
        )


def refuse_other(task: object) -> Task:
    """The task that an answer brings along.

    Raises:
        Hint: it is none.
    """
    if not isinstance(task, Task):
        raise Hint(f"task: found {kind(task)}, expected the task above; leave it as it is")
    return task
