"""Chooses the squares to cut out of a pair of board pictures, and knows what each head must answer. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Indices

SIDE = 64
"""Of a crop, in pixels: 95% of the boxes fit."""
JITTER = 8
"""How far a box's centre may lie off the crop's. Else a model would learn to look at the middle only."""
CLEAN = 4
"""Crops without a defect from each tested picture, where it has that many such places."""
_TRIES = 60
DEFECTS = ("open", "short", "mousebite", "spur", "copper", "pin-hole")
"""Of types 1 to 6, in upstream's order."""
TEMPLATE, CLEAN_KIND = "template", "clean"
Boxes = NDArray[np.int64]
"""int64 (B, 5): x1, y1, x2, y2 in pixels, right and lower edge exclusive; type 1 to 6."""


@dataclass(frozen=True)
class Crop:
    """One square of a pair.

    Args:
        name: within the pair: `test/3` and `template/3` are the same place, around box 3; `clean/0` is elsewhere.
        kind: a defect, `template` or `clean`.
        x, y: its left upper corner.
        others: types of other boxes that reach into it, from 1; never its own.
    """

    name: str
    kind: str
    x: int
    y: int
    others: frozenset[int] = frozenset()

    @property
    def from_template(self) -> bool:
        """Whether it is cut out of the template, not of the tested picture."""
        return self.kind == TEMPLATE


def plan(boxes: Boxes, height: int, width: int, random: np.random.Generator) -> list[Crop]:
    """Chooses the crops of one pair.

    Args:
        boxes: of the tested picture.
        height: of the pictures, at least `SIDE`.
        width: likewise.
        random: of the jitter and of the clean places.
    """
    crops: list[Crop] = []
    corners = _around(boxes, height, width, random)
    for number, ((x, y), reached) in enumerate(zip(corners.tolist(), _reached(boxes, corners), strict=True)):
        own = int(boxes[number, 4])
        others = frozenset(boxes[reached, 4].tolist()) - {own}
        crops.append(Crop(f"test/{number}", DEFECTS[own - 1], x, y, others))
        crops.append(Crop(f"template/{number}", TEMPLATE, x, y))
    places = random.integers(0, (width - SIDE + 1, height - SIDE + 1), (_TRIES, 2))
    free = places[~_reached(boxes, places).any(axis=1)][:CLEAN].tolist()
    return crops + [Crop(f"clean/{number}", CLEAN_KIND, x, y) for number, (x, y) in enumerate(free)]


def answers(crops: list[Crop], defect: int) -> tuple[Indices, NDArray[np.float32]]:
    """Gives the true answer of one defect's head for each crop, and whether that answer counts.

    Only the crop's own box makes it a positive. Where another box of this defect reaches in, neither yes nor no is a
    good answer, so the crop does not count: weight 0.

    Args:
        crops: N of them.
        defect: type, from 1.

    Returns:
        Answers int64 (N,) in {0, 1}, and weights float32 (N,) in {0, 1}.
    """
    name = DEFECTS[defect - 1]
    values = np.array([crop.kind == name for crop in crops], np.int64)
    weights = np.array([defect not in crop.others for crop in crops], np.float32)
    return values, weights


def _around(boxes: Boxes, height: int, width: int, random: np.random.Generator) -> Indices:
    """Left upper corners of the crops around the boxes, moved at random, in the picture: int64 (B, 2) of x and y."""
    centres = (boxes[:, :2] + boxes[:, 2:4]) // 2
    corners = centres + random.integers(-JITTER, JITTER + 1, centres.shape) - SIDE // 2
    inside: Indices = np.clip(corners, 0, (width - SIDE, height - SIDE))
    return inside


def _reached(boxes: Boxes, places: Indices) -> NDArray[np.bool_]:
    """Which boxes share a pixel with the crops at `places`, int64 (P, 2) of x and y: bool (P, B)."""
    x1, y1, x2, y2 = boxes[:, :4].T
    x, y = places[:, :1], places[:, 1:]
    reached: NDArray[np.bool_] = (x1 < x + SIDE) & (x2 > x) & (y1 < y + SIDE) & (y2 > y)
    return reached
