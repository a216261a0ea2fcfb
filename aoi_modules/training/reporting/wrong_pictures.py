"""What the page shows of the pictures about which a model was wrong: the worst of every class first."""

import base64
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from aoi_modules.datasets.table import Pixels, Table
from aoi_modules.modelstore.training_report import Mistake, MistakeKind, TrainingReport

SIDE = 160
"""Pixels of the longer side."""
MOST = 12
"""Mistakes of one kind that the page shows; the others stand in the report."""


# mistake: what it is called, and what it means
GROUPS: dict[MistakeKind, tuple[str, str]] = {
    "escaped": ("Escaped", "defective parts that pass, the surest first: these reach the customer"),
    "overkilled": ("Overkill", "good parts that fail, the surest first: these are thrown away or looked at again"),
    "mislabelled": ("Taken for another class", "whatever the verdict, the surest first"),
}


@dataclass(frozen=True)
class Wrong:
    """One test picture about which the model was wrong; `png` in base64, empty where it is not shown."""

    picture: str
    truth: str
    answer: str
    score: str
    png: str


@dataclass(frozen=True)
class Group:
    """Mistakes of one kind: how many there are, and those that are shown."""

    title: str
    meaning: str
    total: int
    shown: tuple[Wrong, ...]


def shown(mistakes: Sequence[Mistake], most: int = MOST) -> dict[MistakeKind, list[Mistake]]:
    """Chooses mistakes of each kind in turns: the worst of every class and head first, then the next of each.

    Args:
        mistakes: the worst first.
        most: of each kind.
    """
    turns: dict[tuple[str, str, MistakeKind], int] = defaultdict(int)
    line: dict[MistakeKind, list[tuple[int, int, Mistake]]] = defaultdict(list)
    for place, one in enumerate(mistakes):
        key = (one.head, one.truth, one.kind)
        line[one.kind].append((turns[key], place, one))
        turns[key] += 1
    return {kind: [one for *_, one in sorted(found, key=lambda it: it[:2])[:most]] for kind, found in line.items()}


def thumbnails(table: Table, mistakes: Sequence[Mistake]) -> dict[str, bytes]:
    """Draws the pictures that `shown` chooses, by their names: PNG, at most `SIDE` pixels wide and high."""
    rows = {name: row for row, name in enumerate(table.ids)}
    wanted = dict.fromkeys(one.picture for found in shown(mistakes).values() for one in found)
    return {name: _small(table.picture(rows[name])) for name in wanted}


def groups(report: TrainingReport, thumbnails: Mapping[str, bytes]) -> list[Group]:
    """The mistakes by their kind, those to be shown first."""
    mistakes = report.mistakes or ()
    several = len(report.heads) > 1
    found = []
    for kind, chosen in shown(mistakes).items():
        title, meaning = GROUPS[kind]
        total = sum(one.kind == kind for one in mistakes)
        found.append(Group(title, meaning, total, tuple(_wrong(one, thumbnails, several=several) for one in chosen)))
    return found


def _wrong(one: Mistake, thumbnails: Mapping[str, bytes], *, several: bool) -> Wrong:
    png = base64.b64encode(thumbnails.get(one.picture, b"")).decode("ascii")
    verdict = "" if one.verdict is None else f" {one.verdict}"
    score = f"{one.score:.3f}{verdict}{f' by {one.head}' if several else ''}"
    return Wrong(one.picture, one.truth, one.answer, score, png)


def _small(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
