"""The task of exercises 9.4 and 9.5: names and a port that dice choose, and the program that is packed."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.variant import NAMES
from aoi_modules.study.traffic import small_gateway

PROGRAM = "small_gateway.py"
MODEL_SERVER = "model-server:8500"
"""Where the gateway finds the model server in the cluster."""


@dataclass(frozen=True)
class GatewayTask:
    """How one trainee's gateway is called and where it listens.

    Args:
        user: whose it is.
        number: since several may have a name.
        port: on which the program listens.
        folder: of the project, absolute.
    """

    user: str
    number: int
    port: int
    folder: Path

    @classmethod
    def of(cls, dice: Random, folder: Path) -> "GatewayTask":
        """The task that the dice choose, in a folder of the lesson."""
        number, port = dice.randrange(100, 1000), dice.randrange(19_000, 19_900)
        return cls(dice.choice(NAMES), number, port, folder.resolve() / "small-gateway")

    @property
    def name(self) -> str:
        """Of the image, the container, and the objects of the cluster."""
        return f"gateway-{self.user}-{self.number}"

    @property
    def image(self) -> str:
        """With its version."""
        return f"{self.name}:1"

    @property
    def namespace(self) -> str:
        """The trainee's own room in a cluster."""
        return f"lesson9-{self.user}-{self.number}"

    @property
    def place(self) -> str:
        """Where the program lies in the image."""
        return f"/srv/{self.user}/{PROGRAM}"

    def lay(self) -> Path:
        """Writes the program into the project; gives its path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / PROGRAM
        path.write_text(Path(small_gateway.__file__).read_text())
        return path


def refuse_other(task: object) -> GatewayTask:
    """The task that an answer brings along.

    Raises:
        Hint: it is none.
    """
    if not isinstance(task, GatewayTask):
        raise Hint(f"task: found {kind(task)}, expected the task above; leave it as it is")
    return task
