"""Golden samples: a few pictures and the scores the source model gave them.

They travel inside the servable, so that any server, on any engine, proves itself at load without the source.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.datasets.batches import FEATURES, IMAGE
from aoi_modules.datasets.pipeline import decode_picture
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import tf

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
        with np.load(path) as arrays:
            count = sum(name.startswith("picture/") for name in arrays)
            pictures = tuple(arrays[f"picture/{number}"].tobytes() for number in range(count))
            scores = {name.removeprefix("score/"): arrays[name] for name in arrays if name.startswith("score/")}
            features = arrays.get("features")
        return cls(pictures, scores, features)


def source_scores(
    network: Any,
    pictures: Sequence[bytes],
    picture: PictureInput,
    heads: Sequence[Head],
    features: NDArray[np.float32] | None = None,
) -> Scores:
    """What the Keras model itself says about encoded pictures: the truth that every server is held to.

    Returns:
        {head: float32 (N, K)}, by the very decoder and resize that the servable carries.
    """
    batch = tf.stack([decode_picture(encoded, picture.height, picture.width, picture.channels) for encoded in pictures])
    inputs = batch if features is None else {IMAGE: batch, FEATURES: tf.constant(features)}
    answers = by_head(network(inputs, training=False), heads)
    return {head: np.asarray(values, np.float32) for head, values in answers.items()}


def by_head(answers: Any, heads: Sequence[Head]) -> dict[str, Any]:
    """A network's outputs under the names of its heads; a network with one output may call it anything."""
    if not isinstance(answers, dict):
        answers = {heads[0].name: answers}
    if len(heads) == 1:
        return {heads[0].name: next(iter(answers.values()))}
    return {head.name: answers[head.name] for head in heads}


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
