"""Pretrained backbone weights on this machine: in a mirror, in our cache, or where Keras keeps its own downloads."""

from collections.abc import Sequence
from pathlib import Path

from aoi_modules.datasets.sources import ledger
from aoi_modules.errors import ChecksumError
from aoi_modules.settings import Settings, settings

FOLDER = "weights"
KNOWN_SUMS = {
    "mobilenet_v1_0.25_224_imagenet_notop.weights.h5": (
        "2c3af43af497478268582483536b8bd5b5a25d128dbe2d60d46a23cee7357d01"
    ),
    "mobilenet_v1_0.5_160_imagenet_notop_dequant.weights.h5": (
        "fd69ea487b8aa9eade7c51785e31a091263e1bbb43535c936e79850a9be499f3"
    ),
    "mobilenet_v2_1.0_224_imagenet_notop_dequant_ptq.weights.h5": (
        "ebf68a2e7b25ef8540509160cfb713205670970e74de3b79de84166aa294badf"
    ),
}


def find_weights(file_name: str, *, given: Settings | None = None) -> Path | None:
    """Finds the weights file of that name; None when no place has it.

    Raises:
        ChecksumError: it is damaged.
    """
    found = find_first([file_name], given=given)
    return None if found is None else found[1]


def find_first(file_names: Sequence[str], *, given: Settings | None = None) -> tuple[str, Path] | None:
    """Finds the first of the weights files that a place has, and the place: `mirror`, `cache` or `Keras' cache`.

    The names count first, then the places, so a better file in the cache wins over a worse one in the mirror.

    Raises:
        ChecksumError: the file is damaged.
    """
    for name in file_names:
        for place, folder in places(given or settings()).items():
            path = folder / name
            if path.is_file():
                _check(path)
                return place, path
    return None


def places(given: Settings) -> dict[str, Path]:
    """Names the folders in which weights are looked for, in order."""
    mirror = {} if given.data_dir is None else {"mirror": given.data_dir / FOLDER}
    return {**mirror, "cache": given.cache_dir / FOLDER, "Keras' cache": keras_folder(given)}


def keras_folder(given: Settings) -> Path:
    """Where Keras keeps the weights that it downloads."""
    return given.keras_dir / "models"


def _check(path: Path) -> None:
    expected = KNOWN_SUMS.get(path.name)
    if expected is None:
        return
    found = ledger.file_sum(path)
    if found != expected:
        raise ChecksumError(path, expected=expected, found=found, repair=f"replace {path}, or delete it")
