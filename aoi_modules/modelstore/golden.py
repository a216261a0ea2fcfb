"""Golden samples: a few pictures and the scores the source models gave them.

They travel inside the servable, so that any server, on any engine, proves itself at load without the source.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import StoreError
from aoi_modules.machine import disk
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.wire.tensors import Array

Scores = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Golden:
    """Sample pictures and what the source models say about them.

    Args:
        pictures: N encoded pictures.
        scores: {head: float32 (N, K)}.
        features: that the pictures came with, float32 (N, F); None for a model that takes none.
    """

    pictures: tuple[bytes, ...]
    scores: Scores
    features: NDArray[np.float32] | None = None

    @property
    def inputs(self) -> dict[str, Array]:
        """The samples as inputs of `serving_default`: `image`, object (N,) of bytes, and `features`, float32 (N, F)."""
        pictures: Array = np.array(self.pictures, dtype=object)  # arrays of bytes would cut zeros off their ends
        return {layout.IMAGE: pictures} | ({} if self.features is None else {layout.FEATURES: self.features})

    def write(self, version_dir: Path) -> None:
        """Writes the samples to their place in a version directory."""
        arrays: dict[str, Array] = {f"score/{head}": values for head, values in self.scores.items()}
        for number, picture in enumerate(self.pictures):
            arrays[f"picture/{number}"] = np.frombuffer(picture, np.uint8)
        if self.features is not None:
            arrays[layout.FEATURES] = self.features
        file = version_dir / layout.GOLDEN_FILE
        file.parent.mkdir(exist_ok=True)
        # np.savez declares no types for arrays given by name.
        np.savez(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def read(cls, version_dir: Path) -> "Golden":
        """Reads the samples of a version directory.

        Raises:
            StoreError: there are none, or their file holds something else.
        """
        path = version_dir / layout.GOLDEN_FILE
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                count = sum(name.startswith("picture/") for name in arrays)
                pictures = tuple(arrays[f"picture/{number}"].tobytes() for number in range(count))
                scores = {name.removeprefix("score/"): arrays[name] for name in arrays if name.startswith("score/")}
                features = arrays.get(layout.FEATURES)
        except FileNotFoundError:
            raise StoreError(f"{path}: no golden samples there", hint="export the model again") from None
        except OSError as error:
            raise StoreError(disk.trouble(error, path, "cannot be read")) from None
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise StoreError(f"{path}: damaged golden samples: {error}", hint="export the model again") from None
        return cls(pictures, scores, features)


def largest_difference(left: Mapping[str, Array], right: Mapping[str, Array]) -> tuple[str, float]:
    """The head with the greatest difference, and that difference; NaN on one side counts as infinite.

    Differences are absolute up to 1, where all scores lie, and relative above: a float32 has seven digits.

    Args:
        left: {head: float32 (N, K)}.
        right: the same heads and shapes.
    """
    differences = {head: _difference(left[head], right[head]) for head in left}
    worst = max(differences, key=differences.__getitem__)
    return worst, differences[worst]


def _difference(left: Array, right: Array) -> float:
    size = np.maximum(1.0, np.abs(left))
    return float(np.max(np.nan_to_num(np.abs(left - right) / size, nan=np.inf), initial=0.0))


def drawn_pictures(picture: PictureInput, count: int = 4) -> tuple[bytes, ...]:
    """Noise pictures as PNG, always the same, for models that came without samples of their own."""
    random = np.random.default_rng(0)
    shape = (picture.height, picture.width, 3) if picture.channels == 3 else (picture.height, picture.width)
    return tuple(_png(random.integers(0, 256, shape, np.uint8)) for _ in range(count))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
