"""Draws ten garment-like shapes, 28x28, for machines that cannot get Fashion-MNIST. Learnable, not trivial."""

import numpy as np
from PIL import Image, ImageDraw

from aoi_modules.datasets.table import Indices, Pixels

SIZE = 28
TRAIN, TEST = 6000, 1000
SEED = 20200523
_SCALE = 3  # drawn larger and shrunk, so that edges are soft
Point = tuple[float, float]

_SLEEVES = ((0.36, 0.08), (0.64, 0.08))
# Corner points in [0, 1], x to the right, y down; one outline a label, in the order of the labels.
OUTLINES: tuple[tuple[Point, ...], ...] = (
    (
        *_SLEEVES,
        (0.95, 0.25),
        (0.86, 0.42),
        (0.72, 0.34),
        (0.72, 0.92),
        (0.28, 0.92),
        (0.28, 0.34),
        (0.14, 0.42),
        (0.05, 0.25),
    ),
    ((0.33, 0.05), (0.67, 0.05), (0.74, 0.95), (0.56, 0.95), (0.50, 0.35), (0.44, 0.95), (0.26, 0.95)),
    (
        *_SLEEVES,
        (0.82, 0.18),
        (0.97, 0.85),
        (0.84, 0.90),
        (0.73, 0.40),
        (0.73, 0.92),
        (0.27, 0.92),
        (0.27, 0.40),
        (0.16, 0.90),
        (0.03, 0.85),
        (0.18, 0.18),
    ),
    ((0.40, 0.05), (0.60, 0.05), (0.64, 0.25), (0.60, 0.42), (0.76, 0.96), (0.24, 0.96), (0.40, 0.42), (0.36, 0.25)),
    (
        *_SLEEVES,
        (0.84, 0.18),
        (0.95, 0.75),
        (0.83, 0.80),
        (0.76, 0.42),
        (0.80, 0.97),
        (0.20, 0.97),
        (0.24, 0.42),
        (0.17, 0.80),
        (0.05, 0.75),
        (0.16, 0.18),
    ),
    (
        (0.04, 0.72),
        (0.30, 0.62),
        (0.52, 0.46),
        (0.74, 0.30),
        (0.80, 0.34),
        (0.66, 0.56),
        (0.96, 0.62),
        (0.96, 0.74),
        (0.04, 0.78),
    ),
    (
        *_SLEEVES,
        (0.80, 0.16),
        (0.92, 0.55),
        (0.81, 0.60),
        (0.71, 0.38),
        (0.71, 0.92),
        (0.29, 0.92),
        (0.29, 0.38),
        (0.19, 0.60),
        (0.08, 0.55),
        (0.20, 0.16),
    ),
    ((0.03, 0.66), (0.30, 0.56), (0.52, 0.40), (0.70, 0.42), (0.95, 0.44), (0.97, 0.74), (0.03, 0.76)),
    ((0.10, 0.42), (0.34, 0.40), (0.38, 0.18), (0.62, 0.18), (0.66, 0.40), (0.90, 0.42), (0.94, 0.86), (0.06, 0.86)),
    (
        (0.05, 0.72),
        (0.34, 0.60),
        (0.50, 0.48),
        (0.54, 0.12),
        (0.90, 0.12),
        (0.92, 0.84),
        (0.78, 0.84),
        (0.74, 0.78),
        (0.05, 0.84),
    ),
)


def draw(count: int, seed: int) -> tuple[Pixels, Indices]:
    """Draws `count` pictures, the labels in turn.

    Returns:
        uint8 (count, 28, 28, 1), light shapes on black as in Fashion-MNIST, and int64 (count,) in [0, 10).
    """
    random = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int64) % len(OUTLINES)
    return np.stack([_garment(int(label), random) for label in labels])[..., np.newaxis], labels


def _garment(label: int, random: np.random.Generator) -> Pixels:
    """One garment, uint8 (28, 28): bent outline, own size, cloth with a pattern, sometimes a fold or a button row."""
    side = SIZE * _SCALE
    points = np.array(OUTLINES[label]) - 0.5
    points = points * random.uniform(0.6, 1.05, 2) + random.normal(0, 0.05, points.shape)
    angle = random.normal(0, 0.15)
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    points = (points @ turn.T + 0.5 + random.normal(0, 0.05, 2)) * side
    mask = Image.new("L", (side, side))
    brush = ImageDraw.Draw(mask)
    brush.polygon([(float(x), float(y)) for x, y in points], fill=255)
    if label == 8:  # the hole under a bag's handle
        brush.ellipse([side * 0.43, side * 0.22, side * 0.57, side * 0.38], fill=0)
    shape = np.asarray(mask.resize((SIZE, SIZE), Image.Resampling.BOX), np.float32) / 255
    rows, columns = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    wave = np.sin((rows * random.normal(0, 1) + columns * random.normal(0, 1)) + random.uniform(0, 6))
    cloth = random.uniform(90, 230) + random.uniform(0, 70) * wave + random.normal(0, 25, (SIZE, SIZE))
    cloth *= 1 - random.uniform(0, 0.5) * np.exp(-np.square(columns - random.uniform(6, 22)) / 3)
    pixels: Pixels = np.clip(cloth * shape, 0, 255).astype(np.uint8)
    return pixels
