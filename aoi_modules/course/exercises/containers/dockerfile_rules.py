"""What every Dockerfile of lesson 1 is asked: where it begins, what it copies, who runs what. Refusals are hints."""

from collections.abc import Sequence
from pathlib import Path

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.containers.tasks import BASE
from aoi_modules.errors import CourseError
from aoi_modules.study.containers import build_cache, dockerfile
from aoi_modules.study.containers.dockerfile import Instruction

SECRET = ("PASSWORD", "PASSWD", "TOKEN", "SECRET", "API_KEY")
BUILTINS = ("cd", "export", "source", ".")
"""Commands whose effect ends with their RUN."""


def read_dockerfile(answer: object) -> list[Instruction]:
    """The instructions of an answer, of its one stage.

    Raises:
        Hint: it is no Dockerfile, or does not begin with the base of this lesson.
    """
    found = one_stage(answer)
    _check_base(found[0])
    return found


def one_stage(answer: object) -> list[Instruction]:
    """The instructions of an answer, whatever it begins with.

    Raises:
        Hint: it is no Dockerfile, or has several stages.
    """
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the Dockerfile as text")
    if not answer.strip():
        raise Hint("the file is still empty; its first line is FROM, with the image to begin with")
    try:
        found = dockerfile.stages(dockerfile.parse(answer))
    except CourseError as error:
        raise Hint(str(error)) from None
    if len(found) != 1:
        raise Hint(f"found {len(found)} times FROM; one is enough here")
    return found[0]


def find(instructions: Sequence[Instruction], name: str) -> list[Instruction]:
    """All instructions of a name, in their order."""
    return [one for one in instructions if one.name == name]


def check_copies(instructions: Sequence[Instruction], context: Path) -> None:
    """Wants every file that is copied to be there.

    Raises:
        Hint: one is not, or lies outside.
    """
    for one in instructions:
        if one.name in build_cache.COPYING:
            if len(one.words) < 2:
                raise Hint(f"line {one.line}: {one.name} wants what to copy, and where to")
            try:
                build_cache.copied(one, context)
            except CourseError as error:
                raise Hint(str(error)) from None


def check_secrets(instructions: Sequence[Instruction]) -> None:
    """Wants no password in the image, where everybody who has it can read it.

    Raises:
        Hint: there is one.
    """
    for one in instructions:
        if one.name in ("ENV", "ARG") and any(word in one.value.upper() for word in SECRET):
            raise Hint(
                f"line {one.line}: {one.value.split('=')[0]} becomes part of the image, and `docker history` shows it "
                "to everybody who has the image; give it to the container when it starts"
            )


def check_steps(instructions: Sequence[Instruction], program: str) -> None:
    """Wants no step that is without effect, or that never ends.

    Args:
        instructions: of the stage.
        program: that the container has to run, which no build must start.

    Raises:
        Hint: there is one.
    """
    for one in find(instructions, "RUN"):
        parts = [part.split() for part in one.value.replace("&&", ";").split(";") if part.split()]
        if parts and parts[-1][0] in BUILTINS:
            raise Hint(
                f"line {one.line}: {' '.join(parts[-1])} ends with its RUN, and the next line is back where it was; "
                "WORKDIR makes a folder and stays in it"
            )
        if any(_starts(part, program) for part in parts):
            raise Hint(
                f"line {one.line}: RUN starts {program} while the image is built, and a server never ends, so neither "
                "does the build; what runs in the container stands behind CMD"
            )


def command_of(instructions: Sequence[Instruction]) -> tuple[str, ...]:
    """The words that the container starts with.

    Raises:
        Hint: there is no command, there are several, or a shell stands before it.
    """
    commands = find(instructions, "CMD")
    entry = find(instructions, "ENTRYPOINT")
    if not commands and not entry:
        raise Hint(f"found no CMD, so the container runs what {BASE} runs: Python, which ends without a terminal")
    if len(commands) > 1:
        lines = " and ".join(str(one.line) for one in commands)
        raise Hint(f"found CMD in the lines {lines}; the last one wins, and the others do nothing")
    last = (commands or entry)[-1]
    if last.listed is None:
        if last.value.startswith("["):
            raise Hint(
                f"line {last.line}: this is no JSON, whose texts stand in double quotes; so Docker hands the whole "
                "line to a shell, brackets and all"
            )
        raise Hint(
            f"line {last.line}: a shell reads this first, and with some shells `docker stop` does not reach the "
            f'program; write the words as a list: {last.name} ["...", "..."]'
        )
    return tuple(word for one in (*entry[-1:], *commands[-1:]) for word in one.words)


def user_of(instructions: Sequence[Instruction]) -> str:
    """Who runs the program.

    Raises:
        Hint: it is root.
    """
    users = find(instructions, "USER")
    name = users[-1].value.partition(":")[0] if users else ""
    if name in ("", "root", "0"):
        raise Hint("the program would run as root, who may do everything in the container and much outside; write USER")
    return name


def _starts(words: Sequence[str], program: str) -> bool:
    """Whether a command starts a program, by its name or by Python."""
    if words[0].startswith("python"):
        return any(word.startswith(program) for word in words[1:3])
    return words[0].startswith(program)


def _check_base(first: Instruction) -> None:
    image = first.words[0]
    name, _, version = image.partition(":")
    wanted, _, tag = BASE.partition(":")
    if name.rpartition("/")[2] != wanted:
        raise Hint(f"line {first.line}: found {image}, expected {BASE} to begin with")
    if not any(letter.isdigit() for letter in version):
        raise Hint(
            f"line {first.line}: found {image}; that is another Python next month, and nobody changed the file. "
            f"Write the version: {BASE}"
        )
    if version != tag:
        raise Hint(f"line {first.line}: found {image}; this course was tried with {BASE}")
