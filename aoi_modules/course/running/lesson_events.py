"""What the run tells a lesson's process, and what that process tells back: one JSON line each.

Task  ->  Began, (CellBegan, CellDone) for every code cell, Ended
"""

from typing import Literal

import msgspec

Form = Literal["solved", "proving"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson to run. Paths are absolute; limits in seconds."""

    lesson: str
    notebook: str
    output: str
    parameters: dict[str, str]
    form: Form
    kernels_dir: str
    cell_limit: float
    start_limit: float


class Began(msgspec.Struct, frozen=True, tag=True):
    """The kernel is up; so many code cells will run."""

    cells: int


class CellBegan(msgspec.Struct, frozen=True, tag=True):
    """The code cell of that number, from 1, is at work."""

    cell: int
    title: str


class CellDone(msgspec.Struct, frozen=True, tag=True):
    """The code cell of that number ran without an error."""

    cell: int
    title: str
    seconds: float


class LessonError(msgspec.Struct, frozen=True, kw_only=True):
    """What stopped a lesson: in which cell (0: before or after all cells), in a sentence, and with which trace."""

    cell: int = 0
    title: str = ""
    message: str
    trace: str = ""

    def __str__(self) -> str:
        where = f"cell {self.cell}, {self.title}: " if self.cell else ""
        return f"{where}{self.message}"


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The lesson's process is done; `error` is None when every cell ran."""

    executed: int
    error: LessonError | None = None


Event = Began | CellBegan | CellDone | Ended

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def line(message: Task | Event) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message) + b"\n"


def event(text: bytes) -> Event:
    """The event of one line."""
    return _DECODER.decode(text)


def task(text: bytes) -> Task:
    """The task of one line."""
    return msgspec.json.decode(text, type=Task)
