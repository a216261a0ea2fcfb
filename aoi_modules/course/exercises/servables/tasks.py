"""The tasks of lesson 7: names, ports and amounts that dice choose, so that a neighbour's answer does not fit."""

from dataclasses import dataclass
from random import Random

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.variant import NAMES

MODEL = "fashion"
"""The component that a trainee's own command and file serve."""


@dataclass(frozen=True)
class Task:
    """How one trainee's model server is called, reached and bounded.

    Args:
        user: whose it is.
        number: since several may have a name.
        grpc: port of this machine that leads to gRPC.
        rest: port of this machine that leads to REST.
        period: seconds between two questions of its probe.
        memory: that a pod is promised and may take.
    """

    user: str
    number: int
    grpc: int
    rest: int
    period: int
    memory: str

    @classmethod
    def of(cls, dice: Random) -> "Task":
        """The task that the dice choose."""
        grpc = dice.randrange(18_000, 19_000, 2)
        memory = f"{dice.randrange(640, 1024, 32)}Mi"
        return cls(dice.choice(NAMES), dice.randrange(100, 1000), grpc, grpc + 1, dice.randrange(3, 9), memory)

    @property
    def name(self) -> str:
        """Of the container, and of the objects of the cluster."""
        return f"{MODEL}-{self.user}-{self.number}"

    @property
    def namespace(self) -> str:
        """The trainee's own room in a cluster."""
        return f"lesson7-{self.user}-{self.number}"


def refuse_other(task: object) -> Task:
    """The task that an answer brings along.

    Raises:
        Hint: it is none.
    """
    if not isinstance(task, Task):
        raise Hint(f"task: found {kind(task)}, expected the task above; leave it as it is")
    return task
