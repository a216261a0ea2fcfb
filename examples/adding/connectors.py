"""Connectors: gray pictures of plugs, all pins straight or one bent. Real when found, drawn otherwise.

ARCHITECTURE.md, "A data set", makes this the file `split.py` of a folder below aoi_modules/datasets/.
"""

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.sources.catalogue import by_name
from aoi_modules.datasets.sources.finding import Found, find
from aoi_modules.datasets.table import Split, Table, Target, encode_png

NAME, TARGET, LABEL_NAMES = "connectors", "pins", ("good", "bent")
PINS, SEED = 12, 20261129


def load(*, train: int | None = None, test: int | None = None, seed: int = 0, found: Found | None = None) -> Split:
    """Loads the connectors: three fifths to train on, one to validate, one to test.

    Args:
        train: pictures to train on, in which both labels keep their share; None takes all.
        test: likewise.
        seed: of the choice when limited.
        found: where the data is; None looks for it.

    Returns:
        Tables of N encoded pictures with the target `pins`, int64 (N,): 0 good, 1 bent.
    """
    found = found or find(NAME)
    names = by_name(NAME).members()
    pictures = drawn(names) if found.root is None else tuple((found.root / name).read_bytes() for name in names)
    bent = np.array([name.startswith("bent") for name in names], np.int64)
    table = Table(pictures, (Target(TARGET, bent, LABEL_NAMES),), names)
    fold_of = sampling.folds({name: name.partition("/")[0] for name in names})
    fold = np.array([fold_of[name] for name in names])

    def part(first: int, last: int, count: int | None) -> Table:
        chosen = table.take(np.flatnonzero((fold >= first) & (fold <= last)))
        return chosen.take(sampling.stratified(chosen.labels.tolist(), count, seed))

    return Split(train=part(2, 4, train), validation=part(1, 1, None), test=part(0, 0, test), origin=found.origin)


def drawn(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """A PNG of uint8 (32, 64, 1) for each name: a row of bright pins, of `bent/...` one that leans."""
    random = np.random.default_rng(SEED)
    pictures = []
    for name in names:
        pixels = random.normal(60, 10, (32, 64, 1))
        leaning = random.integers(PINS) if name.startswith("bent") else -1
        for pin in range(PINS):
            for row in range(6, 26):
                pixels[row, 5 * pin + 3 + (row // 8 if pin == leaning else 0)] += 120
        pictures.append(encode_png(pixels.clip(0, 255).astype(np.uint8)))
    return tuple(pictures)
