"""A few tiles in upstream's layout, and a data set of them without known checksums."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from aoi_modules.datasets.sources.catalogue import DataSet, RemoteArchive, by_name
from aoi_modules.datasets.table import encode_png

COMMIT = "c" * 40


def small_tiles() -> dict[str, bytes]:
    """Name -> content of two tiles, each with its mask."""
    random = np.random.default_rng(0)
    names = [f"MT_{kind}/Imgs/exp1_num_{number}" for kind, number in (("Free", 100), ("Crack", 9000))]
    return {
        f"{name}.{ending}": encode_png(random.integers(0, 256, (20, 16, 1)).astype(np.uint8))
        for name in names
        for ending in ("jpg", "png")
    }


def put_tiles(root: Path) -> Path:
    for name, content in small_tiles().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def zipped_tiles() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in small_tiles().items():
            archive.writestr(f"tiles-{COMMIT}/{name}", content)
        archive.comment = COMMIT.encode()
    return file.getvalue()


def tile_set(url: str = "http://no-such-host.invalid/tiles.zip") -> DataSet:
    return replace(
        by_name("magnetic-tile"),
        members=lambda: tuple(small_tiles()),
        known_sums=lambda root: None,
        remote=RemoteArchive((url,), COMMIT, 0),
    )
