"""A Dockerfile as its instructions, by the stage that they belong to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word in capitals, and what stands behind it in one line."""

    word: str
    text: str


@dataclass(frozen=True)
class Stage:
    """What stands between a FROM and the next one.

    Args:
        base: as it is written.
        name: behind AS, or "".
        instructions: in their order.
    """

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """The texts of one kind of instruction."""
        return [one.text for one in self.instructions if one.word == word]


@dataclass(frozen=True)
class Dockerfile:
    """What a builder reads.

    Args:
        text: of the file.
        arguments: default values of the arguments before the first stage.
        stages: in their order; the last one is the image.
    """

    text: str
    arguments: dict[str, str]
    stages: list[Stage]

    @property
    def image(self) -> Stage:
        """The last stage, which is what runs."""
        return self.stages[-1]


def read(text: str) -> Dockerfile:
    """Reads a Dockerfile: comments are left out, lines that go on are put together."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for one in _instructions(text):
        if one.word == "FROM":
            base, _, name = one.text.partition(" AS ")
            stages.append(Stage(base, name))
        elif stages:
            stages[-1].instructions.append(one)
        else:
            name, _, value = one.text.partition("=")
            arguments[name] = value
    return Dockerfile(text, arguments, stages)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    for line in joined.splitlines():
        word, _, rest = line.partition(" ")
        yield Instruction(word.upper(), re.sub(r"\s+", " ", rest).strip())
