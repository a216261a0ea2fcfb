"""Which steps of a build an engine takes from its cache: the rule alone, computed from files, without an engine.

A step is taken from the cache when the step before it was, its instruction is the same, and so are the files that it
copies. The first one that differs runs, and with it every step behind it.
"""

import fnmatch
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.dockerfile import Instruction

COPYING = ("COPY", "ADD")


def step_keys(instructions: Sequence[Instruction], context: Path) -> list[str]:
    """A fingerprint of each step with all that came before it.

    Args:
        instructions: of one stage, FROM first.
        context: the folder that is given to the build.

    Raises:
        CourseError: a step copies what is not in that folder.
    """
    keys, before = [], ""
    for one in instructions:
        digest = hashlib.sha256(f"{before}\n{one.text}".encode())
        if one.name in COPYING and "from" not in dict(one.flags):
            for path in copied(one, context):
                digest.update(path.relative_to(context).as_posix().encode() + b"\0" + path.read_bytes())
        before = digest.hexdigest()
        keys.append(before)
    return keys


def from_cache(before: Sequence[str], after: Sequence[str]) -> list[bool]:
    """For each step of the second build, whether it is taken from the first one."""
    return [place < len(before) and before[place] == key for place, key in enumerate(after)]


def copied(instruction: Instruction, context: Path) -> list[Path]:
    """The files of the context that a COPY takes, without those that `.dockerignore` names.

    Raises:
        CourseError: a source lies outside the context, or there is none of that name.
    """
    *sources, _ = instruction.words
    found: set[Path] = set()
    for source in sources:
        where = f"Dockerfile, line {instruction.line}: {instruction.name} {source}"
        name = source.lstrip("/")
        if ".." in Path(name).parts:
            raise CourseError(f"{where}: lies outside the folder that the build is given", hint="copy it into there")
        taken = list(context.glob(name)) if name not in ("", ".", "./") else [context]
        if not taken:
            raise CourseError(f"{where}: there is no such file in {context}")
        found.update(path for one in taken for path in ([one] if one.is_file() else one.rglob("*")) if path.is_file())
    ignored = list(_ignored(context))
    return sorted(path for path in found if not _matches(path.relative_to(context), ignored))


def _ignored(context: Path) -> Iterator[str]:
    """The patterns of `.dockerignore`; those with `!`, which bring files back, are not known here."""
    file = context / ".dockerignore"
    if file.is_file():
        for line in file.read_text().splitlines():
            if line.strip() and line.lstrip()[0] not in "#!":
                yield line.strip().strip("/")


def _matches(path: Path, patterns: Sequence[str]) -> bool:
    above = [path, *path.parents]
    return any(fnmatch.fnmatch(one.as_posix(), pattern.removeprefix("**/")) for one in above for pattern in patterns)
