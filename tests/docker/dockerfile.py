"""A Dockerfile by its stages, for the rules; the reader is the one of lesson 1."""

from dataclasses import dataclass

from aoi_modules.study.containers.dockerfile import Instruction, parse, stages


@dataclass(frozen=True)
class Stage:
    """What stands between a FROM and the next one.

    Args:
        base: as it is written.
        name: behind AS, or "".
        instructions: in their order, without the FROM.
    """

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, word: str) -> list[str]:
        """What stands behind the word, of one kind of instruction; each in one line."""
        return [one.text.removeprefix(f"{word} ") for one in self.instructions if one.name == word]


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
    stages: tuple[Stage, ...]

    @property
    def image(self) -> Stage:
        """The last stage, which is what runs."""
        return self.stages[-1]


def read(text: str) -> Dockerfile:
    """Reads a Dockerfile."""
    instructions = parse(text)
    found = stages(instructions)
    before = instructions[: len(instructions) - sum(map(len, found))]
    arguments = dict(one.value.partition("=")[::2] for one in before)
    return Dockerfile(text, arguments, tuple(_stage(*stage) for stage in found))


def _stage(first: Instruction, *others: Instruction) -> Stage:
    base, _, name = first.value.partition(" AS ")
    return Stage(base, name, others)
