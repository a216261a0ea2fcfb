"""Reads pairs of board pictures from DeepPCB's files: the lists, the boxes, and both pictures when they are needed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.deeppcb.crops import DEFECTS, Boxes
from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.pictures.decoding import decode
from aoi_modules.pictures.header import GRAY

PICTURE_SIDE = 640


@dataclass(frozen=True)
class Pair:
    """A tested board and its template.

    Args:
        name: board group and number: `group00041/00041000`.
        boxes: the defects of the tested picture, int64 (B, 5), see `crops.Boxes`.
        side: height and width of both pictures, in pixels.
        read: gives the tested picture and the template, uint8 (side, side) each.
        template_sum: of the template's file; pairs with the same template stay together.
    """

    name: str
    boxes: Boxes
    side: int
    read: Callable[[], tuple[Pixels, Pixels]]
    template_sum: str

    @property
    def board(self) -> str:
        """The group of its board, such as `group00041`."""
        return self.name.partition("/")[0]


def listed(folder: Path, list_name: str, bad: list[BadRow]) -> tuple[Pair, ...]:
    """Reads one of upstream's lists of pairs; each line names a picture, without its `_test` or `_temp`, and its boxes.

    Args:
        folder: `PCBData`.
        list_name: of the list in it.
        bad: gets a row for each pair that cannot be used.

    Raises:
        DataError: there is no such list.
    """
    path = folder / list_name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a list of pairs: {error}") from None
    found: list[Pair] = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if len(words) != 2:
            bad.append(BadRow(f"{list_name}, line {number}", f"expected a picture and its boxes. Received: {line!r}"))
            continue
        try:
            found.append(_pair(folder, words[0].rpartition(".")[0], words[1]))
        except DataError as error:
            bad.append(BadRow(words[1], error.message))
    return tuple(found)


def _pair(folder: Path, picture: str, boxes: str) -> Pair:
    """A pair of the files; its pictures end in .jpg upstream, in .png in the 1-bit edition."""
    files: list[Path] = []
    for part in ("test", "temp"):
        stem = folder / f"{picture}_{part}"
        there = [path for ending in ("png", "jpg") if (path := stem.with_name(f"{stem.name}.{ending}")).is_file()]
        if not there:
            raise DataError(f"no picture {stem}.png or {stem}.jpg")
        files.append(there[0])
    group, _, number = picture.partition("/")
    return Pair(
        name=f"{group}/{number.rpartition('/')[2]}",
        boxes=_boxes(folder / boxes),
        side=PICTURE_SIDE,
        read=lambda: (_picture(files[0]), _picture(files[1])),
        template_sum=hashlib.sha256(files[1].read_bytes()).hexdigest(),
    )


def _boxes(path: Path) -> Boxes:
    """The lines `x1 y1 x2 y2 type` of a file: int64 (B, 5)."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected a file of boxes: {error}") from None
    rows: list[list[int]] = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        values = [int(word) for word in words if word.isdecimal()]
        if len(values) != 5 or len(words) != 5 or not _possible(*values):
            raise DataError(f"line {number}: expected x1 y1 x2 y2 and a type from 1 to 6. Received: {line!r}")
        rows.append(values)
    return np.array(rows, np.int64).reshape(-1, 5)


def _possible(x1: int, y1: int, x2: int, y2: int, kind: int) -> bool:
    return x1 < x2 <= PICTURE_SIDE and y1 < y2 <= PICTURE_SIDE and 1 <= kind <= len(DEFECTS)


def _picture(path: Path) -> Pixels:
    """uint8 (640, 640): 0 is copper, 255 is not."""
    try:
        pixels = decode(path.read_bytes(), GRAY)[..., 0]
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except NotAPicture as error:
        raise DataError(f"{path}: {error.message}") from None
    if pixels.shape != (PICTURE_SIDE, PICTURE_SIDE):
        raise DataError(f"{path}: expected {PICTURE_SIDE} x {PICTURE_SIDE} pixels. Received: {pixels.shape[::-1]}")
    return pixels
