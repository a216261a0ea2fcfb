"""Reads a Dockerfile into its instructions, as an engine reads it: comments, long lines and both forms of a command.

Pure. What Docker's reference calls parser directives other than `escape` changes nothing here.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from aoi_modules.errors import CourseError

NAMES = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER "
    "VOLUME WORKDIR"
).split()
"""The words that may begin a line."""
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S+))?\s+")


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Args:
        line: on which it begins, from 1.
        name: in capitals.
        value: what stands behind it, without its flags; continued lines are joined by a space.
        flags: such as {"chown": "1000"}; "" for one without a value.
    """

    line: int
    name: str
    value: str
    flags: tuple[tuple[str, str], ...] = ()

    @property
    def listed(self) -> tuple[str, ...] | None:
        """The words of the form `["jupyter", "lab"]`, which no shell reads; None for any other form."""
        try:
            found = json.loads(self.value)
        except ValueError:
            return None
        whole = isinstance(found, list) and all(isinstance(word, str) for word in found)
        return tuple(found) if whole else None

    @property
    def words(self) -> tuple[str, ...]:
        """The words, in either form; where a shell could not read the text, what stands between its spaces."""
        if self.listed is not None:
            return self.listed
        try:
            return tuple(shlex.split(self.value))
        except ValueError:
            return tuple(self.value.split())

    @property
    def text(self) -> str:
        """The instruction in one line."""
        flags = "".join(f"--{name}={value} " if value else f"--{name} " for name, value in self.flags)
        return f"{self.name} {flags}{self.value}"


def parse(text: str) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile, in its order.

    Raises:
        CourseError: it has none, a line begins with no word of a Dockerfile, or one has nothing behind it.
    """
    found = tuple(_instruction(line, joined) for line, joined in _logical_lines(text))
    if not found:
        raise CourseError("Dockerfile: found no instruction; the first one is FROM, with the image to begin with")
    first = next((one for one in found if one.name != "ARG"), found[0])
    if first.name != "FROM":
        raise CourseError(
            f"Dockerfile, line {first.line}: found {first.name} first, expected FROM: every image begins with one"
        )
    return found


def stages(instructions: tuple[Instruction, ...]) -> list[list[Instruction]]:
    """The instructions of each FROM with what follows it; the last one is the image."""
    found: list[list[Instruction]] = []
    for one in instructions:
        if one.name == "FROM":
            found.append([])
        if found:
            found[-1].append(one)
    return found


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The line number and the text of each instruction, with its continued lines and what stands in its heredocs."""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if _skipped(line):
            continue
        joined = line.strip()
        while joined.endswith("\\"):
            joined = joined[:-1].rstrip()
            more = next(((at, one) for at, one in lines if not _skipped(one)), None)
            if more is None:
                break
            joined = f"{joined} {more[1].strip()}"
        for _, mark in _HEREDOC.findall(joined):
            body = []
            for _, one in lines:
                if one.strip() == mark:
                    break
                body.append(one)
            joined = "\n".join([joined, *body])
        yield number, joined


def _skipped(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _instruction(line: int, text: str) -> Instruction:
    name, _, value = text.partition(" ")
    if name.upper() not in NAMES:
        raise CourseError(
            f"Dockerfile, line {line}: {name!r} is no instruction", hint=f"lines begin with one of {', '.join(NAMES)}"
        )
    value, flags = value.strip(), []
    while name.upper() not in ("CMD", "ENTRYPOINT", "ENV", "LABEL") and (flag := _FLAG.match(value)):
        flags.append((flag[1], flag[2] or ""))
        value = value[flag.end() :]
    if not value:
        raise CourseError(f"Dockerfile, line {line}: {name.upper()} has nothing behind it")
    return Instruction(line, name.upper(), value, tuple(flags))
