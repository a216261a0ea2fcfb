"""A table of labelled pictures: what every data set becomes before anything is learnt from it. No TensorFlow."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.modelstore.manifest import DataOrigin

Pixels = NDArray[np.uint8]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Pictures with one label each.

    Args:
        pictures: uint8 (N, H, W, C) when all have one size, else N encoded pictures (PNG, JPEG or BMP bytes).
        labels: int64 (N,), positions in `label_names`.
        label_names: what the labels mean.
        ids: N names, unique in the data set: a file's relative path, or a position in upstream's file.
        kinds: N finer class names, such as the kind of defect; empty when there is nothing finer.
    """

    pictures: Pixels | tuple[bytes, ...]
    labels: Indices
    label_names: tuple[str, ...]
    ids: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sizes = {"pictures": len(self.pictures), "labels": len(self.labels), "ids": len(self.ids)}
        if self.kinds:
            sizes["kinds"] = len(self.kinds)
        if len(set(sizes.values())) != 1:
            raise DataError(f"table: expected as many of each column. Received: {sizes}")

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: Sequence[int] | Indices) -> "Table":
        """The rows at `indices`, in that order."""
        rows = np.asarray(indices, np.int64)
        pictures = self.pictures
        return replace(
            self,
            pictures=pictures[rows] if isinstance(pictures, np.ndarray) else tuple(pictures[i] for i in rows),
            labels=self.labels[rows],
            ids=tuple(self.ids[i] for i in rows),
            kinds=tuple(self.kinds[i] for i in rows) if self.kinds else (),
        )

    def picture(self, index: int) -> Pixels:
        """One picture: uint8 (h, w, C), in its own size.

        Raises:
            NotAPicture: its bytes cannot be decoded; names the row.
        """
        picture = self.pictures[index]
        return picture if isinstance(picture, np.ndarray) else decode(picture, self.ids[index])

    def encoded(self, index: int) -> bytes:
        """One picture as a camera would send it: its own bytes, or a PNG of its pixels."""
        picture = self.pictures[index]
        return encode_png(picture) if isinstance(picture, np.ndarray) else picture

    def label_name(self, index: int) -> str:
        return self.label_names[int(self.labels[index])]

    def counts(self) -> dict[str, int]:
        """How many pictures each label has."""
        return {name: int(np.sum(self.labels == i)) for i, name in enumerate(self.label_names)}


@dataclass(frozen=True)
class Split:
    """A data set cut by a fixed rule: no picture, and no part, is in two of the tables."""

    train: Table
    validation: Table
    test: Table
    origin: DataOrigin


def decode(encoded: bytes, name: str) -> Pixels:
    """Decodes one picture for people to look at: uint8 (h, w, C). Models decode in `pipeline`.

    Raises:
        NotAPicture: the bytes are no whole picture; `name` says which.
    """
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            pixels = np.asarray(image if image.mode in ("L", "RGB") else image.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAPicture(f"{name}: expected a whole PNG, JPEG or BMP picture: {error}") from None
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels


def encode_png(pixels: Pixels) -> bytes:
    """The PNG bytes of uint8 (h, w, 1) or (h, w, 3)."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG", compress_level=3)
    return file.getvalue()
