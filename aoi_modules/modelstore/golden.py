"""Golden samples: a few pictures and the scores the source models gave them.

They travel inside the servable, so that any server, on any engine, proves itself at load without the source.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import StoreError
from aoi_modules.modelstore.manifest import PictureInput

FILE_NAME = "assets.extra/golden.npz"
Scores = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Golden:
    """Sample pictures (encoded), each head's scores for them, float32 (N, K), and the features that they came with,
    float32 (N, F); None for a model that takes none."""

    pictures: tuple[bytes, ...]
    scores: Scores
    features: NDArray[np.float32] | None = None

    def write(self, path: Path) -> None:
        arrays: dict[str, NDArray[Any]] = {f"score/{head}": values for head, values in self.scores.items()}
        for number, picture in enumerate(self.pictures):
            arrays[f"picture/{number}"] = np.frombuffer(picture, np.uint8)
        if self.features is not None:
            arrays["features"] = self.features
        # np.savez declares no types for arrays given by name.
        np.savez(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> "Golden":
        """The samples in a file.

        Raises:
            StoreError: there is none, or it holds something else.
        """
        try:
            with np.load(path) as arrays:
                count = sum(name.startswith("picture/") for name in arrays)
                pictures = tuple(arrays[f"picture/{number}"].tobytes() for number in range(count))
                scores = {name.removeprefix("score/"): arrays[name] for name in arrays if name.startswith("score/")}
                features = arrays.get("features")
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"{path}: no golden samples there: {error}", hint="export the model again") from None
        return cls(pictures, scores, features)


def largest_difference(left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]]) -> tuple[str, float]:
    """The head with the greatest difference, and that difference; NaN on one side counts as infinite.

    Differences are absolute up to 1, where all scores lie, and relative above: a float32 has seven digits.
    """
    differences = {head: _difference(left[head], right[head]) for head in left}
    worst = max(differences, key=differences.__getitem__)
    return worst, differences[worst]


def _difference(left: NDArray[Any], right: NDArray[Any]) -> float:
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
