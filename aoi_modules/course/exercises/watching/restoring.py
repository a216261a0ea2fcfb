"""Exercise 10.9: a copy of the results, their destruction, and back again; both lines are really run."""

import shlex
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.course.checks import Hint, kind
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.shell import Shell

SECONDS = 240.0
DATABASE = "results.sqlite"


@dataclass(frozen=True)
class Results:
    """What a gateway left, in a folder that may be destroyed.

    Args:
        folder: with its database and pictures.
        copy: the file that a backup has to become.
    """

    folder: Path
    copy: Path

    @classmethod
    def of(cls, left: Path, room: Path) -> "Results":
        """A folder of one's own with what a gateway left in `left`, anew each time."""
        shutil.rmtree(room, ignore_errors=True)
        shutil.copytree(left, room / "results")
        return cls(room / "results", room / "results.tar")

    @property
    def inspections(self) -> int:
        """How many the database has; 0 where there is none."""
        found = sorted(self.folder.glob("*.sqlite")) if self.folder.is_dir() else []
        if not found:
            return 0
        with closing(sqlite3.connect(f"file:{found[0]}?mode=ro", uri=True)) as database:
            return int(database.execute("select count(*) from inspections").fetchone()[0])


def check_restore(results: object, backup: object, restore: object) -> str:
    """Runs the backup, destroys the results, runs the restore, and counts.

    Raises:
        Hint: a line is wrong, or something is missing afterwards.
    """
    if not isinstance(results, Results):
        raise Hint(f"results: found {kind(results)}, expected those of the cell above; leave them as they are")
    first = _words("backup", backup, results)
    second = _words("restore", restore, results)
    before = results.inspections
    if not results.copy.is_file():
        if not before:
            raise Hint("the results are gone and there is no copy of them; run the cell that lays them again")
        _run("backup", results, first)
    if not results.copy.is_file():
        raise Hint(f"backup: there is no {results.copy} afterwards")
    kept = before or None
    shutil.rmtree(results.folder, ignore_errors=True)  # the disaster
    _run("restore", results, second)
    after = results.inspections
    if not after or (kept is not None and after != kept):
        raise Hint(f"restore: {after} inspections are there, {kept or 'more'} were")
    return f"{after} inspections before and after; a copy that nobody ever put back is only a hope"


def _words(name: str, line: object, results: Results) -> list[str]:
    if not isinstance(line, str):
        raise Hint(f"{name}: found {kind(line)}, expected the line as text")
    if "FILL_IN" in line or not line.strip():
        raise Hint(f"{name}: the line is still open; write it")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise Hint(f"{name}: no line that a shell could read: {error}") from None
    if words[:3] != ["aoi", "results", name]:
        raise Hint(f"{name}: found {' '.join(words[:3])!r}, expected a line that begins with aoi results {name}")
    if str(results.copy) not in words:
        raise Hint(f"{name}: expected {results.copy}, the file of the copy")
    plain = [part for word in words for part in word.split("=", 1)]
    if "--results" not in plain or str(results.folder) not in [word.rstrip("/") for word in plain]:
        raise Hint(f"{name}: expected --results {results.folder}; without it the gateway's usual folder is taken")
    if "--no-pictures" in words:
        raise Hint(f"{name}: --no-pictures leaves out what people judge by")
    return words


def _run(name: str, results: Results, words: list[str]) -> None:
    shell = Shell.at(results.copy.parent / "home", [Path(sys.executable).parent])
    try:
        ran = shell.run(shlex.join(words), seconds=SECONDS)
    except CourseError as error:
        raise Hint(f"{name}: {error.message}") from None
    if ran.code != 0:
        said = ran.said.splitlines()
        raise Hint(f"{name}: it ends with {ran.code}: {said[0] if said else 'it said nothing'}")
