"""docker/Dockerfile as one target sees it, for the rules; the reader is the one of lesson 1."""

import re
from dataclasses import dataclass

from aoi_modules.study.containers.dockerfile import Instruction, parse, stages
from tests.docker.versions import ROOT

FILE = ROOT / "docker/Dockerfile"
NAMED = re.compile(r"\$\{(\w+)\}")
"""An argument in the name of a base."""


@dataclass(frozen=True)
class Stage:
    """What stands between a FROM and the next one.

    Args:
        base: an argument as it is written, or a stage.
        name: behind AS, or "".
        instructions: in their order, without the FROM.
    """

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, word: str) -> list[str]:
        """What stands behind the word, of one kind of instruction; each in one line."""
        return [one.text.removeprefix(f"{word} ") for one in self.instructions if one.name == word]

    @property
    def mounts(self) -> list[dict[str, str]]:
        """What its commands see while they run, such as `{"type": "bind", "source": "/dist", "from": "wheel"}`."""
        values = [value for one in self.instructions for name, value in one.flags if name == "mount"]
        return [dict(part.partition("=")[::2] for part in value.split(",")) for value in values]

    @property
    def copied_from(self) -> set[str]:
        """The stages whose files it copies."""
        return {value for one in self.instructions for name, value in one.flags if name == "from"}

    @property
    def uses(self) -> set[str]:
        """The stages whose files it copies or sees."""
        return self.copied_from | {mount["from"] for mount in self.mounts if "from" in mount}


@dataclass(frozen=True)
class Dockerfile:
    """What a builder reads for one target.

    Args:
        text: of the whole file.
        arguments: values of the arguments before the first stage.
        target: its stage.
        stages: that it needs, by name, in their order.
    """

    text: str
    arguments: dict[str, str]
    target: str
    stages: dict[str, Stage]

    @property
    def image(self) -> Stage:
        """What runs: the target, and what it stands on, as one stage."""
        return self.whole(self.target)

    def whole(self, name: str) -> Stage:
        """A stage and those that it stands on as one, down to a base from outside."""
        line = self.line(name)
        return Stage(line[0].base, name, tuple(one for stage in line for one in stage.instructions))

    def line(self, name: str) -> list[Stage]:
        """The stages that one stands on, the first one first, and itself."""
        stage = self.stages[name]
        return [*(self.line(stage.base) if stage.base in self.stages else []), stage]


def read(text: str, target: str, **given: str) -> Dockerfile:
    """Reads a Dockerfile, as far as a target needs it.

    Args:
        text: of the file.
        target: a stage.
        given: arguments of the build, such as DEVICE.
    """
    instructions = parse(text)
    found = stages(instructions)
    before = instructions[: len(instructions) - sum(map(len, found))]
    arguments = dict(one.value.partition("=")[::2] for one in before) | given
    every = {stage.name: stage for stage in (_stage(arguments, *one) for one in found)}
    needed = _needed(every, target)
    return Dockerfile(text, arguments, target, {name: stage for name, stage in every.items() if name in needed})


def _stage(arguments: dict[str, str], first: Instruction, *others: Instruction) -> Stage:
    base, _, name = first.value.partition(" AS ")
    if not NAMED.fullmatch(base):
        base = NAMED.sub(lambda found: arguments[found[1]], base)
    return Stage(base, name, others)


def _needed(every: dict[str, Stage], name: str) -> set[str]:
    """A stage, those that it stands on, and those that they use."""
    stage = every.get(name)
    if stage is None:
        return set()  # an image from outside
    return {name}.union(*(_needed(every, other) for other in (stage.base, *stage.uses)))
