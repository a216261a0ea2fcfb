"""Pretrained backbone weights in a mirror or the cache: `weights/<file>.weights.h5`, in Keras' own form."""

from pathlib import Path

from aoi_modules.datasets import ledger
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
    """The weights file of that name, from the mirror or the cache; None when neither has it.

    Raises:
        ChecksumError: it is damaged.
    """
    for folder in folders(given or settings()):
        path = folder / file_name
        if path.is_file():
            found = ledger.file_sum(path)
            expected = KNOWN_SUMS.get(file_name, found)
            if found != expected:
                raise ChecksumError(path, expected=expected, found=found, repair=f"replace {path}, or delete it")
            return path
    return None


def folders(given: Settings) -> list[Path]:
    """Where weights are looked for, in order."""
    mirror = [] if given.data_dir is None else [given.data_dir / FOLDER]
    return [*mirror, given.cache_dir / FOLDER]
