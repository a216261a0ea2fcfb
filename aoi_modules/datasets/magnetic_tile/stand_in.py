"""Draws tile-like surfaces with defects, for machines that cannot get the magnetic tiles. Encoded as PNG."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from aoi_modules.datasets.table import Pixels, encode_png

SEED = 20200719
COUNTS = {"Free": 360, "Blowhole": 40, "Uneven": 36, "Break": 34, "Crack": 30, "Fray": 20}
LONG_SIDE = 160
Surface = NDArray[np.float64]
Mask = NDArray[np.bool_]


def draw() -> tuple[list[str], list[bytes]]:
    """Draws all tiles: names in upstream's form, one tile a picture, and PNG bytes."""
    drawn = [(name, encode_png(pixels[..., np.newaxis])) for name, pixels, _ in _drawings()]
    return [name for name, _ in drawn], [encoded for _, encoded in drawn]


@cache
def masks() -> dict[str, Mask]:
    """Gives the place of each tile's defect: name -> bool (h, w); all False for a good tile."""
    return {name: mask for name, _, mask in _drawings()}


def _drawings() -> Iterator[tuple[str, Pixels, Mask]]:
    random = np.random.default_rng(SEED)
    number = 0
    for kind, count in COUNTS.items():
        for _ in range(count):
            number += 10_000  # far apart: every drawing is a tile of its own
            yield (f"MT_{kind}/Imgs/exp1_num_{number}.png", *_tile(kind, random))


def _tile(kind: str, random: np.random.Generator) -> tuple[Pixels, Mask]:
    """One tile, uint8 (h, w): ground surface in some light, with the defect that `kind` names; and where that is."""
    short = int(random.integers(66, 150))
    surface = _ground(random, LONG_SIDE, short)
    left = np.ones(surface.shape)  # of the light, where the defect is
    if kind == "Blowhole":
        left = _mask(surface.shape, random, "ellipse", strength=random.uniform(0.2, 0.5))
        surface *= left
    elif kind == "Crack":
        left = _mask(surface.shape, random, "line", strength=random.uniform(0.2, 0.5))
        surface *= left
    elif kind == "Break":
        left = _mask(surface.shape, random, "corner", strength=random.uniform(0.3, 0.6))
        surface *= left
    elif kind == "Fray":
        left = _mask(surface.shape, random, "patch", strength=1.0)
        surface = surface * left + (1 - left) * (surface * 0.8 + random.normal(0, 12, surface.shape))
    elif kind == "Uneven":
        rows = np.broadcast_to(np.linspace(0, 1, surface.shape[0])[:, np.newaxis], surface.shape)
        left = np.where(rows > random.uniform(0.3, 0.7), random.uniform(0.72, 0.9), 1.0)
        surface *= left
    mask: Mask = left < (1 + left.min()) / 2  # all of the defect's inside, half of its soft edge
    if random.random() < 0.5:
        surface, mask = surface.T, mask.T
    return np.clip(surface, 0, 255).astype(np.uint8), mask


def _ground(random: np.random.Generator, height: int, width: int) -> Surface:
    """A surface with grinding marks along the height, light that falls off, dirt: float64 (height, width)."""
    marks = np.repeat(random.normal(0, 9, (1, width)), height, axis=0) + random.normal(0, 6, (height, width))
    x = np.linspace(-1, 1, width)[np.newaxis]
    light = 1 - random.uniform(0.0, 0.5) * np.square(x - random.uniform(-0.5, 0.5))
    surface = random.uniform(60, 170) * light + marks
    for _ in range(random.integers(0, 4)):  # dirt is no defect: faint spots, so that a dark spot alone proves little
        surface *= _mask(surface.shape, random, "ellipse", strength=random.uniform(0.05, 0.18))
    return np.asarray(surface)


def _mask(shape: tuple[int, ...], random: np.random.Generator, form: str, *, strength: float) -> Surface:
    """What a defect leaves of the light: float64 (h, w), 1 outside, `1 - strength` inside."""
    height, width = shape
    image = Image.new("L", (width, height))
    brush = ImageDraw.Draw(image)
    x, y = random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height
    if form == "ellipse":
        a, b = random.uniform(2, 5), random.uniform(3, 7)
        brush.ellipse([x - a, y - b, x + a, y + b], fill=255)
    elif form == "line":
        points = [(x, y)]
        for _ in range(random.integers(4, 8)):
            x, y = x + random.normal(0, 4), y + random.uniform(4, 9)
            points.append((x, y))
        brush.line(points, fill=255, width=int(random.integers(1, 3)))
    elif form == "corner":
        a, b = random.uniform(10, 30), random.uniform(10, 30)
        brush.polygon([(0, 0), (a, 0), (a * 0.5, b * 0.4), (0, b)], fill=255)
    else:
        a, b = random.uniform(18, 40), random.uniform(20, 50)
        brush.ellipse([x - a, y - b, x + a, y + b], fill=255)
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8))) / 255
    return np.asarray(1 - strength * soft)
