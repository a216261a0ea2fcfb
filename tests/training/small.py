"""Small, quickly learnt tables: bright squares left or right, dark or bright pictures."""

import numpy as np

from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.modelstore.manifest import DataOrigin, Head, PictureInput

PICTURE = PictureInput(height=32, width=32, channels=3)
ORIGIN = DataOrigin(name="squares", sha256="0" * 64, stand_in=True)
DEFECT = Head(name="defect", kind="defect", labels=("good", "defect"))
SIDES = Head(name="side", kind="class", labels=("left", "right"))


def table(count: int, seed: int, head: Head = DEFECT) -> Table:
    """Noise with a bright square: left for label 0, right for label 1. uint8 (count, 32, 32, 3)."""
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 80, (count, 32, 32, 3)).astype(np.uint8)
    labels = np.arange(count, dtype=np.int64) % 2
    for picture, label in zip(pictures, labels, strict=True):
        x, y = (2, 18)[label] + random.integers(0, 4), random.integers(0, 20)
        picture[y : y + 10, x : x + 10] = 230
    return Table(pictures, (Target(head.name, labels, head.labels),), tuple(f"{seed}/{i}" for i in range(count)))


def split(head: Head = DEFECT, train: int = 96) -> Split:
    return Split(train=table(train, 1, head), validation=table(40, 2, head), test=table(40, 3, head), origin=ORIGIN)
