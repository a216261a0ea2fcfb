"""A golden set: pictures of parts of which everybody knows what is true, in one folder.

The folder has the sub-folders `good` and `defect` with pictures at any depth. Or it has `golden.csv` with the columns
`picture` (a path in the folder) and `truth` (good or defect); a further column, by the name of a head of the model, has
the scores that were recorded for the parts.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.datasets.clutter import is_picture
from aoi_modules.datasets.csv_text import read_csv
from aoi_modules.datasets.tree import level, walk
from aoi_modules.errors import DataError

TABLE = "golden.csv"
PICTURE, TRUTH = "picture", "truth"
"""Columns of the table; all others are heads."""
TRUTHS = {"good": False, "defect": True}
"""Words for what is true, and whether such a part is defective."""


@dataclass(frozen=True)
class GoldenPart:
    """One golden part.

    Args:
        part: its name: the path of its picture in the folder.
        path: of the picture.
        sha256: of the picture.
        defective: what is true of it.
        scores: by head, those that were recorded for it.
    """

    part: str
    path: Path
    sha256: str
    defective: bool
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class GoldenSet:
    """All golden parts of a component, by their names in order."""

    folder: Path
    parts: Sequence[GoldenPart]

    @property
    def sha256(self) -> str:
        """Of all that a check goes by: names, truth and pictures."""
        lines = (f"{part.part}\0{part.defective:d}\0{part.sha256}\n" for part in self.parts)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_golden(folder: Path) -> GoldenSet:
    """Reads a golden set.

    Raises:
        DataError: it is none, lacks good or defective parts, or a picture cannot be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: expected the folder of a golden set", hint="--golden FOLDER names it")
    named = _in_table(folder / TABLE) if (folder / TABLE).is_file() else _in_folders(folder)
    parts = sorted((_part(folder, *one) for one in named), key=lambda part: part.part)
    for defective, word in ((False, "good"), (True, "defect")):
        if all(part.defective is not defective for part in parts):
            raise DataError(f"{folder}: expected golden parts that are good and some with a defect; none is {word}")
    return GoldenSet(folder, parts)


_Named = tuple[str, bool, Mapping[str, float]]
"""Name, whether it is defective, and recorded scores of a part."""


def _in_folders(folder: Path) -> Iterator[_Named]:
    others = [path.name for path in level(folder).folders if path.name not in TRUTHS]
    if others:
        raise DataError(f"{folder}: expected the folders good and defect. Received: {', '.join(others)[:200]}")
    for word, defective in TRUTHS.items():
        found = walk(folder / word) if (folder / word).is_dir() else None
        for lost in found.lost if found is not None else ():
            raise DataError(f"{lost.path}: {lost.why}")
        for path in found.files if found is not None else ():
            if is_picture(path):
                yield path.relative_to(folder).as_posix(), defective, {}


def _in_table(path: Path) -> Iterator[_Named]:
    table = read_csv(path, (PICTURE, TRUTH))
    for name in (PICTURE, TRUTH):
        if name not in table.header:
            raise DataError(f"{path}: expected a column {name}. Received: {', '.join(table.header)[:200]}")
    seen: set[str] = set()
    for line in table.lines:
        where = f"{path}, line {line.number}"
        if len(line.cells) != len(table.header):
            raise DataError(f"{where}: expected {len(table.header)} cells. Received: {len(line.cells)}")
        cells = dict(zip(table.header, line.cells, strict=True))
        part, truth = cells.pop(PICTURE), cells.pop(TRUTH).lower()
        if truth not in TRUTHS:
            raise DataError(f"{where}: {TRUTH}: expected good or defect. Received: {truth[:40]!r}")
        if part in seen or Path(part).is_absolute() or ".." in Path(part).parts:
            raise DataError(f"{where}: {PICTURE}: expected another path in the folder. Received: {part[:80]!r}")
        seen.add(part)
        yield part, TRUTHS[truth], dict(_scores(where, cells.items()))


def _scores(where: str, cells: Iterable[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    for head, text in cells:
        if not text:
            continue
        try:
            score = float(text)
        except ValueError:
            score = math.nan
        if not math.isfinite(score):
            raise DataError(f"{where}: {head}: expected a score, or nothing. Received: {text[:40]!r}")
        yield head, score


def _part(folder: Path, part: str, defective: bool, scores: Mapping[str, float]) -> GoldenPart:
    path = folder / part
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    return GoldenPart(part, path, digest, defective, scores)
