"""Fashion-MNIST in colours: each gray picture tinted red, green or blue; two questions about each, category and colour.

Nothing else is downloaded: the set is made from Fashion-MNIST, and its origin is Fashion-MNIST's. The colour of a
picture follows from its name, so it is the same on every machine, for every seed and in every part.
"""

import hashlib
from collections import defaultdict

import numpy as np

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.sampling import stratified
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Indices, Pixels, Split, Table, Target

NAME = "fashion-mnist-colours"
CATEGORY, COLOUR = fashion_mnist.TARGET, "colour"
"""The two targets."""
COLOUR_NAMES = ("red", "green", "blue")
"""In the order of the channels."""
FAINT = 64
"""What the two other channels keep of a white garment's 255: dyes are not pure."""


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
) -> Split:
    """Loads Fashion-MNIST and tints it; a limited table has all 30 combinations in proportion.

    Args:
        train: pictures to train on; None takes all (some 53,900).
        validation: None takes all (some 6,000), or with a limited `train` a quarter as many.
        test: None takes all 10,000.
        seed: of the choice when limited.
        found: where Fashion-MNIST is; None looks for it.

    Returns:
        Tables with pictures uint8 (N, 28, 28, 3), targets `category` (ten labels, the main one) and `colour` (three),
        and the combination as `kinds`.

    Raises:
        DataError: see `sources.find`.
    """
    gray = fashion_mnist.load(found=found)
    if validation is None and train is not None:
        validation = max(1, train // 4)
    return Split(
        train=_coloured(gray.train, train, seed),
        validation=_coloured(gray.validation, validation, seed),
        test=_coloured(gray.test, test, seed),
        origin=gray.origin,
    )


def _coloured(gray: Table, count: int | None, seed: int) -> Table:
    """Colours are dealt before rows are chosen, so a picture has its colour in a small table too."""
    colours = colours_of(gray)
    rows = stratified(list(zip(gray.labels.tolist(), colours.tolist(), strict=True)), count, seed)
    chosen, colours = gray.take(rows), colours[rows]
    kinds = [f"{colour} {category}" for colour in COLOUR_NAMES for category in chosen.label_names]
    return Table(
        pictures=tint(np.asarray(chosen.pictures), colours),
        targets=(chosen.main, Target(COLOUR, colours, COLOUR_NAMES)),
        ids=chosen.ids,
        kinds=tuple(kinds[i] for i in colours * len(chosen.label_names) + chosen.labels),
    )


def colours_of(table: Table) -> Indices:
    """Deals the colours to the rows of each category in turn, in the order of a hash of their names: int64 (N,)."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row in sorted(range(len(table)), key=lambda row: _hash(table.ids[row])):
        rows_of[int(table.labels[row])].append(row)
    colours = np.zeros(len(table), np.int64)
    for rows in rows_of.values():
        colours[rows] = np.arange(len(rows)) % len(COLOUR_NAMES)
    return colours


def tint(gray: Pixels, colours: Indices) -> Pixels:
    """Tints uint8 (N, h, w, 1) by positions in `COLOUR_NAMES`, int64 (N,): uint8 (N, h, w, 3)."""
    faint = (np.arange(256) * FAINT // 255).astype(np.uint8)
    tinted: Pixels = np.repeat(faint[gray], 3, axis=-1)  # (N, h, w, 3)
    for colour in range(len(COLOUR_NAMES)):
        rows = np.flatnonzero(colours == colour)
        tinted[rows, :, :, colour] = gray[rows, :, :, 0]
    return tinted


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
