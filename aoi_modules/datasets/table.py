"""A table of labelled pictures: what every data set becomes before anything is learnt from it. No TensorFlow."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.machine import disk
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.pictures import decoding

Pixels = NDArray[np.uint8]
Indices = NDArray[np.int64]
Values = NDArray[np.int64] | NDArray[np.float32]


@dataclass(frozen=True)
class Target:
    """What one head is to answer about each picture.

    Args:
        name: of the head.
        values: int64 (N,), positions in `labels`; float32 (N,) when `labels` is empty and a quantity is asked.
        labels: what the positions mean; of a defect head good first, then the defect.
        weights: float32 (N,), how much each row counts in training; 0 leaves it out, in measuring too. None: all alike.
        good: those of the labels that good parts have; none where nothing is judged, or where nobody has to be told.
    """

    name: str
    values: Values
    labels: tuple[str, ...] = ()
    weights: NDArray[np.float32] | None = None
    good: tuple[str, ...] = ()

    def take(self, rows: Indices) -> "Target":
        """Gives the values and weights at `rows`, int64 (M,), in that order."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, values=self.values[rows], weights=weights)


@dataclass(frozen=True)
class Table:
    """Pictures, and what is known about each.

    Args:
        pictures: uint8 (N, H, W, C) when all have one size, else N encoded pictures (PNG, JPEG or BMP bytes), or N
            paths of picture files, which are read when they are needed.
        targets: what is to be learnt; the first is the main one, by which rows are counted and chosen.
        ids: N names, unique in the data set: a file's relative path, or a position in upstream's file.
        kinds: N finer class names, such as the kind of defect; empty when there is nothing finer.
        features: float32 (N, F), numbers that come with each picture; None when there are none.
        feature_names: F names.
    """

    pictures: Pixels | tuple[bytes, ...] | tuple[Path, ...]
    targets: tuple[Target, ...]
    ids: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    features: NDArray[np.float32] | None = None
    feature_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.targets:
            raise DataError("table: expected at least one target. Received: none")
        sizes = {"pictures": len(self.pictures), "ids": len(self.ids)}
        sizes |= {f"target {target.name}": len(target.values) for target in self.targets}
        sizes |= {"kinds": len(self.kinds)} if self.kinds else {}
        sizes |= {"features": len(self.features)} if self.features is not None else {}
        if len(set(sizes.values())) != 1:
            raise DataError(f"table: expected as many of each column. Received: {sizes}")
        width = 0 if self.features is None else self.features.shape[1]
        if width != len(self.feature_names):
            raise DataError(f"table: expected a name for each of {width} features. Received: {self.feature_names}")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def main(self) -> Target:
        """The first target."""
        return self.targets[0]

    @property
    def labels(self) -> Indices:
        """The main target's values: int64 (N,), positions in `label_names`."""
        return self.main.values  # type: ignore[return-value]

    @property
    def label_names(self) -> tuple[str, ...]:
        """The main target's labels; empty when a quantity is asked."""
        return self.main.labels

    def target(self, name: str) -> Target:
        """Gives the target of that name.

        Raises:
            DataError: there is none; names those there are.
        """
        for target in self.targets:
            if target.name == name:
                return target
        known = ", ".join(target.name for target in self.targets)
        raise DataError(f"target: expected one of {known}. Received: {name!r}")

    def take(self, indices: Sequence[int] | Indices) -> "Table":
        """Gives the rows at `indices`, int64 (M,), in that order; a row may come more than once."""
        rows = np.asarray(indices, np.int64)
        pictures = self.pictures
        return replace(
            self,
            pictures=pictures[rows] if isinstance(pictures, np.ndarray) else tuple(pictures[i] for i in rows),
            targets=tuple(target.take(rows) for target in self.targets),
            ids=tuple(self.ids[i] for i in rows),
            kinds=tuple(self.kinds[i] for i in rows) if self.kinds else (),
            features=None if self.features is None else self.features[rows],
        )

    def picture(self, index: int) -> Pixels:
        """Decodes one picture: uint8 (h, w, C), in its own size, C 1 or 3.

        Raises:
            NotAPicture: its file cannot be read, or its bytes cannot be decoded; names the file or the row.
        """
        picture = self.pictures[index]
        return picture if isinstance(picture, np.ndarray) else decode(_content(picture), self.ids[index])

    def encoded(self, index: int) -> bytes:
        """Gives one picture as a camera would send it: its own bytes, or a PNG of its pixels.

        Raises:
            NotAPicture: its file cannot be read; names it.
        """
        picture = self.pictures[index]
        return encode_png(picture) if isinstance(picture, np.ndarray) else _content(picture)

    def label_name(self, index: int) -> str:
        """Gives the main target's answer for people: a label, or a number."""
        if not self.label_names:
            return f"{float(self.main.values[index]):.6g}"
        return self.label_names[int(self.labels[index])]

    def counts(self) -> dict[str, int]:
        """Counts the pictures of each label of the main target."""
        return {name: int(np.sum(self.labels == i)) for i, name in enumerate(self.label_names)}


@dataclass(frozen=True)
class Split:
    """A data set cut by a fixed rule: no picture, and no part, is in two of the tables.

    Args:
        train: to learn from.
        validation: to decide with: how long to train, which threshold.
        test: to measure once.
        origin: of the pictures.
        unseen: a second test, of things that training saw nothing of, such as whole other boards; None without.
        left_out: what was bad and left out because the caller said so, and what was passed over; one sentence each.
        notes: how the tables were cut or read, where a reader of the figures must know; one sentence each.
        units: of a line, of which the pictures are; None where the data do not tell.
    """

    train: Table
    validation: Table
    test: Table
    origin: DataOrigin
    unseen: Table | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    units: LearntUnits | None = None


def _content(picture: bytes | Path) -> bytes:
    """A file was looked at when the table was made, and may be gone by now."""
    if isinstance(picture, bytes):
        return picture
    try:
        return picture.read_bytes()
    except OSError as error:
        raise NotAPicture(disk.trouble(error, picture, "cannot be read")) from None


def decode(encoded: bytes, name: str) -> Pixels:
    """Decodes one picture for people to look at: uint8 (h, w, C), C 1 or 3; the pixels that models see.

    Raises:
        NotAPicture: the bytes are no whole picture; `name` says which.
    """
    try:
        return decoding.decode(encoded)
    except NotAPicture as error:
        raise NotAPicture(f"{name}: {error.message}") from None


def encode_png(pixels: Pixels) -> bytes:
    """Encodes pixels as PNG bytes: uint8 (h, w, 1) or (h, w, 3)."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG", compress_level=3)
    return file.getvalue()
