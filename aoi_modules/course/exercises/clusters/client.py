"""Exercise 2.3: a script brings a given kubectl in four steps; it is really run, with a damaged file too."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import BLANK
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.release import PLACE, Release, lay
from aoi_modules.study.clusters.shell import Ran, Shell

ROOT = "RELEASES"
"""The variable with the place of all releases."""


def programs_of(task: Task) -> str:
    """The folder of the trainee's own programs, below home; it stands in PATH."""
    return f"bin-{task.user}-{task.number}"


def check_client(answer: object, task: Task) -> str:
    """Runs the script with a good release and with a damaged one; says what was seen.

    Raises:
        Hint: a step is missing, fails, or lets a damaged file through.
    """
    script = _script(answer)
    try:
        with tempfile.TemporaryDirectory() as folder:
            good = lay(Path(folder, "good"))
            _check_good(script, good, task, Path(folder, "home"))
            _check_damaged(script, lay(Path(folder, "bad"), damaged=True), task, Path(folder, "home of the second"))
    except CourseError as error:
        raise Hint(error.message) from None
    what = "kubectl itself" if good.real else "a stand-in, since no kubectl is here"
    return f"{good.version} ({what}) was brought, compared and found in PATH; a damaged file was not let in"


def _script(answer: object) -> str:
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the script as text")
    if BLANK in answer or not answer.strip():
        raise Hint("a part of the script is still open; write it")
    if PLACE in answer:
        raise Hint(f"found {PLACE}; write ${ROOT} in its place, so that the same script works where no internet is")
    if ROOT not in answer:
        raise Hint(f"found no ${ROOT}, the place where the releases are")
    if re.search(r"\bsudo\b", answer):
        raise Hint("found sudo; a folder of your own needs no rights of others")
    return answer


def _run(script: str, release: Release, task: Task, home: Path) -> tuple[Ran, Path]:
    """Runs the script in an empty home; gives what it said, and where the program should be."""
    programs = home / programs_of(task)
    programs.mkdir(parents=True)
    shell = Shell.at(home, [programs])
    return shell.run(script, {ROOT: release.root.as_uri(), "VERSION": release.version}), programs / "kubectl"


def _check_good(script: str, release: Release, task: Task, home: Path) -> None:
    ran, program = _run(script, release, task, home)
    said = ran.said.splitlines()[-1] if ran.said else "nothing"
    if not program.is_file():
        elsewhere = next((one for one in home.rglob("kubectl") if one.is_file()), None)
        if elsewhere is None:
            raise Hint(f"the script brings no kubectl; it said: {said}")
        place = elsewhere.relative_to(home)
        raise Hint(f"kubectl lies in ~/{place}, which is not in PATH; move it to ~/{programs_of(task)}")
    if hashlib.sha256(program.read_bytes()).hexdigest() != release.sum:
        raise Hint(f"~/{programs_of(task)}/kubectl is not the file of the release; is it a page that says: not found?")
    if not os.access(program, os.X_OK):
        raise Hint("kubectl lies in PATH and may not be run: Permission denied; chmod +x")
    if ran.code != 0:
        raise Hint(f"kubectl is there, but the script ends with {ran.code}; it said: {said}")
    if release.version not in ran.said:
        raise Hint("the script does not say which version it brought; end it by kubectl version --client")
    if "sha256sum" not in script and "shasum" not in script:
        raise Hint("nothing compares the checksum; a file that was damaged on its way would be run")


def _check_damaged(script: str, release: Release, task: Task, home: Path) -> None:
    ran, program = _run(script, release, task, home)
    if program.is_file():
        noticed = "sha256sum says FAILED, and the script goes on" if "FAILED" in ran.said else "nothing noticed it"
        raise Hint(
            f"with a file that was damaged on its way: {noticed}, so it lies in PATH now; stop there: begin with "
            "set -e, or join the steps by &&"
        )
    if ran.code == 0:
        raise Hint("with a damaged file the script ends as if all were well (code 0); let the failed step end it")
