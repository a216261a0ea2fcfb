"""Everything below a folder: its files, through links too, and what was passed over or lost. Nothing is silent."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.datasets.clutter import clutter
from aoi_modules.datasets.file_names import printable


@dataclass(frozen=True)
class PassedOver:
    """What is not looked into on purpose, and what it is, such as `thumbnails`."""

    path: Path
    what: str


@dataclass(frozen=True)
class Lost:
    """What may be or hold pictures and cannot be read, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class Tree:
    """What is below a folder; all lists are in the order of their names.

    Args:
        files: every file.
        folders: folders right below; empty where those were walked, too.
        passed: what was passed over.
        lost: what could not be read.
    """

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    passed: list[PassedOver] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


def level(folder: Path) -> Tree:
    """Lists what is right in a folder."""
    found = Tree()
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        found.lost.append(Lost(folder, f"cannot be read: {error.strerror}"))
        return found
    for path in entries:
        _sort_in(path, found)
    return found


def _sort_in(path: Path, found: Tree) -> None:
    try:
        is_folder = path.is_dir()
        if what := clutter(path, is_folder=is_folder):
            found.passed.append(PassedOver(path, what))
        elif is_folder:
            found.folders.append(path)
        elif path.is_file():
            found.files.append(path)
        elif path.is_symlink():
            found.lost.append(Lost(path, f"a link to {printable(path.readlink())}, which is not there"))
        else:
            found.passed.append(PassedOver(path, "no file"))
    except OSError as error:
        found.lost.append(Lost(path, f"cannot be read: {error.strerror}"))


def walk(root: Path) -> Tree:
    """Lists what is below a folder at any depth. Links to folders are followed, each folder is listed once.

    Folders that really stand there come before those behind links, so a link never takes the place of its target.
    """
    whole, seen, waiting = Tree(), set[tuple[int, int]](), [root]
    while waiting:
        links: list[Path] = []
        for folder in sorted(waiting):
            _walk(folder, whole, seen, links)
        waiting = links
    for entries in (whole.passed, whole.lost):
        entries.sort(key=lambda entry: entry.path)
    whole.files.sort()
    return whole


def _walk(folder: Path, whole: Tree, seen: set[tuple[int, int]], links: list[Path]) -> None:
    try:
        there = folder.stat()
    except OSError as error:
        whole.lost.append(Lost(folder, f"cannot be read: {error.strerror}"))
        return
    if (there.st_dev, there.st_ino) in seen:
        whole.passed.append(PassedOver(folder, "another way to folders that are listed already"))
        return
    seen.add((there.st_dev, there.st_ino))
    found = level(folder)
    whole.files.extend(found.files)
    whole.passed.extend(found.passed)
    whole.lost.extend(found.lost)
    for below in found.folders:
        if below.is_symlink():
            links.append(below)
        else:
            _walk(below, whole, seen, links)


def told(passed: Iterable[PassedOver], root: Path) -> list[str]:
    """Says what was passed over: one sentence for each kind, names relative to `root`."""
    kinds: dict[str, list[Path]] = defaultdict(list)
    for entry in passed:
        kinds[entry.what].append(entry.path)
    return [f"passed over: {what}: {named(sorted(kinds[what]), root)}" for what in sorted(kinds)]


def named(paths: list[Path], root: Path) -> str:
    """One path by its name, several by their number and the first of them; names are relative to `root`."""
    first = printable(paths[0].relative_to(root))
    return first if len(paths) == 1 else f"{len(paths)}, such as {first}"
