"""Folders of small pictures of one's own."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aoi_modules.datasets.table import encode_png


def picture(seed: int, channels: int = 3) -> bytes:
    """A PNG of noise, 9 x 8 pixels."""
    return encode_png(np.random.default_rng(seed).integers(0, 256, (8, 9, channels)).astype(np.uint8))


def put_parts(root: Path, counts: Mapping[str, int], channels: int = 3) -> Path:
    """`<class>/<number>.png`, every second one a folder deeper; all pictures differ."""
    for number, (name, count) in enumerate(counts.items()):
        for i in range(count):
            path = root / name / ("line 2" if i % 2 else "") / f"{i:03d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(1000 * number + i, channels))
    return root
