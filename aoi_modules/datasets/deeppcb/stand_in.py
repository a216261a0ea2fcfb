"""Draws pairs of board pictures, golden and tested, for machines that cannot get DeepPCB: black tracks on white.

Plainly drawn: straight tracks at even distances, round pads. Five boards, of which the last occurs in tests only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from aoi_modules.datasets.deeppcb.crops import DEFECTS, Boxes
from aoi_modules.datasets.table import Pixels

SEED = 20190312
SIDE = 320
BOARDS = ("drawn1", "drawn2", "drawn3", "drawn4", "drawn5")
LEARNING, TESTING = (24, 24, 24, 24, 0), (8, 8, 8, 8, 16)
"""Pairs of each board in either list."""
BLACK, WHITE = 0, 255
_APART = 20
"""Pixels between two boxes, at least."""


@dataclass(frozen=True)
class DrawnPair:
    """One pair: its name, uint8 (320, 320) tested and golden, and the boxes of the six kinds of defects."""

    name: str
    tested: Pixels
    template: Pixels
    boxes: Boxes


@dataclass(frozen=True)
class _Track:
    """A horizontal track: rows `top` to `bottom`, columns `left` to `right`."""

    top: int
    bottom: int
    left: int
    right: int


def draw() -> tuple[list[DrawnPair], list[DrawnPair]]:
    """Draws all pairs: those to learn from, and those to test with."""
    lists: list[list[DrawnPair]] = []
    for number, counts in enumerate((LEARNING, TESTING)):
        names = [f"{board}/{number}{i:03d}" for board, count in zip(BOARDS, counts, strict=True) for i in range(count)]
        lists.append([_pair(name, np.random.default_rng([SEED, number, i])) for i, name in enumerate(names)])
    return lists[0], lists[1]


def _pair(name: str, random: np.random.Generator) -> DrawnPair:
    pitch = 34 + 5 * BOARDS.index(name.partition("/")[0])  # each board has its own
    image = Image.new("L", (SIDE, SIDE), WHITE)
    tracks = _tracks(ImageDraw.Draw(image), pitch, random)
    template = np.asarray(image).copy()
    boxes = _defects(image, tracks, pitch, random)
    return DrawnPair(name, np.asarray(image), template, boxes)


def _tracks(brush: ImageDraw.ImageDraw, pitch: int, random: np.random.Generator) -> list[_Track]:
    """Tracks one below the other, some joined by others across, with pads at their ends."""
    tracks: list[_Track] = []
    for top in range(pitch // 2, SIDE - pitch, pitch):
        bottom = top + int(random.integers(pitch // 3, pitch // 2))
        left, right = int(random.integers(0, SIDE // 6)), int(random.integers(5 * SIDE // 6, SIDE))
        brush.rectangle([left, top, right, bottom], fill=BLACK)
        middle = (top + bottom) // 2
        for x in (left, right):
            brush.ellipse([x - 12, middle - 12, x + 12, middle + 12], fill=BLACK)
            brush.ellipse([x - 5, middle - 5, x + 5, middle + 5], fill=WHITE)
        if tracks and random.random() < 0.3:
            x = int(random.integers(40, SIDE - 40))
            brush.rectangle([x, tracks[-1].bottom, x + 8, top], fill=BLACK)
        tracks.append(_Track(top, bottom, left + 24, right - 24))
    return tracks


def _defects(image: Image.Image, tracks: Sequence[_Track], pitch: int, random: np.random.Generator) -> Boxes:
    """Spoils some places, far enough from each other: one box each."""
    brush = ImageDraw.Draw(image)
    boxes: list[tuple[int, int, int, int, int]] = []
    for kind in random.permutation(np.repeat(np.arange(1, 7), 2))[: int(random.integers(4, 13))].tolist():
        track = tracks[int(random.integers(0, len(tracks) - 1))]  # never the last: a short needs one below
        x = int(random.integers(track.left, track.right))
        box = _box(kind, track, x, pitch)
        if box[0] < 0 or box[2] > SIDE or any(_close(box, other) for other in boxes):
            continue
        before = image.crop(box).tobytes()
        _spoil(brush, DEFECTS[kind - 1], track, x, pitch, random)
        if image.crop(box).tobytes() != before:  # copper on copper is no defect
            boxes.append((*box, kind))
    return np.array(boxes, np.int64).reshape(-1, 5)


def _box(kind: int, track: _Track, x: int, pitch: int) -> tuple[int, int, int, int]:
    """Around the place that `_spoil` changes."""
    below = track.top + pitch
    y1, y2 = {
        "open": (track.top - 6, track.bottom + 6),
        "short": (track.bottom - 4, below + 4),
        "mousebite": (track.bottom - 12, track.bottom + 12),
        "spur": (track.bottom - 12, track.bottom + 12),
        "copper": (track.bottom, below),
        "pin-hole": (track.top, track.bottom),
    }[DEFECTS[kind - 1]]
    return x - 14, y1, x + 14, y2


def _close(a: Sequence[int], b: Sequence[int]) -> bool:
    return a[0] - _APART < b[2] and b[0] - _APART < a[2] and a[1] - _APART < b[3] and b[1] - _APART < a[3]


def _spoil(
    brush: ImageDraw.ImageDraw, defect: str, track: _Track, x: int, pitch: int, random: np.random.Generator
) -> None:
    lean = int(random.integers(-3, 4))
    a, b = random.integers(3, 6, 2).tolist()
    if defect == "open":
        brush.line([x, track.top - 1, x + lean, track.bottom + 1], fill=WHITE, width=int(random.integers(4, 9)))
    elif defect == "short":
        middle = (track.bottom + track.top + pitch) // 2
        line = [x, track.bottom - 1, x + lean, middle, x - lean, track.top + pitch + 1]
        brush.line(line, fill=BLACK, width=int(random.integers(2, 5)))
    elif defect == "mousebite":
        brush.ellipse([x - a - 1, track.bottom - b, x + a + 1, track.bottom + b], fill=WHITE)
    elif defect == "spur":
        brush.polygon([(x - a - 1, track.bottom), (x + a, track.bottom), (x + lean, track.bottom + 7)], fill=BLACK)
    elif defect == "copper":
        y = (track.bottom + track.top + pitch) // 2
        brush.ellipse([x - a, y - b + 1, x + a, y + b - 1], fill=BLACK)
    else:
        y = (track.top + track.bottom) // 2
        brush.ellipse([x - 2, y - 2, x + 2 + lean % 2, y + 2], fill=WHITE)
