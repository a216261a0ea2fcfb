"""Folders of drawn parts under one camera: much in common, and a noise of their own."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]


@cache
def scene() -> NDArray[np.float32]:
    """What all parts have in common: float32 (120, 160)."""
    random = np.random.default_rng(9)
    levels = np.full((120, 160), 90.0, np.float32)
    for _ in range(30):
        y, x = random.integers(0, 100), random.integers(0, 140)
        levels[y : y + random.integers(5, 30), x : x + random.integers(5, 40)] = random.integers(30, 220)
    return levels


def part(seed: int, *, blot: bool = False) -> Gray:
    """A part with its own light and noise, and perhaps a dark blot: uint8 (120, 160)."""
    random = np.random.default_rng(seed)
    levels = scene() * random.normal(1, 0.03) + random.normal(0, 3) + random.normal(0, 6, scene().shape)
    if blot:
        y, x = random.integers(20, 100), random.integers(20, 140)
        rows, columns = np.mgrid[:120, :160]
        levels[(rows - y) ** 2 + (columns - x) ** 2 < 40] -= 70
    return np.clip(levels, 0, 255).astype(np.uint8)


def folder(root: Path, count: int = 12) -> Path:
    """A folder of good parts and scratched ones, `count` of each, as PNG files."""
    for number, name in enumerate(("good", "scratch")):
        (root / name).mkdir(parents=True)
        for index in range(count):
            Image.fromarray(part(1000 * number + index, blot=number == 1)).save(root / name / f"{index:03d}.png")
    return root
