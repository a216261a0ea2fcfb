"""What the author's framework says about some pictures: the truth beside our own reading of a model file.

A file that is read wrongly gives scores that look right. Only whoever trained the model can tell, so `SAMPLES.npz`
holds pictures and the scores that the author's framework gave, as `examples/keras2_samples.py` writes it:

    images          uint8 (N, H, W, 3), (N, H, W, 1) or (N, H, W), as the signature `pixels` takes them; or
    picture/0 ...   uint8 (bytes,), N encoded pictures, as `golden.npz` in a servable has them
    features        float (N, F), of a model that takes numbers beside a picture
    scores          float (N, K) or (N,), of a model with one output; or
    score/NAME      the same of each output, by its name in the model or as a head
"""

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.readers.outputs import safe_names
from aoi_modules.first_line import first_line
from aoi_modules.modelstore.golden import Scores, largest_difference
from aoi_modules.modelstore.layout import FEATURES

TOLERANCE = 1e-4
"""How far our reading may be from the author's scores; two frameworks add up in different orders."""
_FORMAT = "expected images or picture/0, picture/1 and so on, and scores or score/NAME of each output"
_HINT = "examples/keras2_samples.py writes such a file"


@dataclass(frozen=True)
class Expected:
    """N pictures and the scores that the author's framework gave them.

    Args:
        file: for messages.
        pictures: N encoded pictures.
        scores: {output: float32 (N, K)}, as our readers would call it; the name of the only one may be empty.
        features: float32 (N, F); None for a model that takes none.
    """

    file: Path
    pictures: tuple[bytes, ...]
    scores: Scores
    features: NDArray[np.float32] | None = None

    @classmethod
    def read(cls, file: Path) -> "Expected":
        """Reads `SAMPLES.npz`.

        Raises:
            ModelError: it cannot be read, or does not hold pictures with their scores.
        """
        arrays = _arrays(file)
        pictures = tuple(_pictures(arrays, file))
        named = safe_names([name.removeprefix("score/") for name in arrays if name.startswith("score/")])
        given = {name: f"score/{own}" for name, own in named.items()} or ({"": "scores"} if "scores" in arrays else {})
        if not pictures or not given:
            raise ModelError(f"{file}: {_FORMAT}. Received: {', '.join(arrays) or 'nothing'}", hint=_HINT)
        scores = {output: _rows(arrays, name, len(pictures), file) for output, name in given.items()}
        features = _rows(arrays, FEATURES, len(pictures), file) if FEATURES in arrays else None
        return cls(file, pictures, scores, features)

    def of_heads(self, outputs: Mapping[str, str]) -> "Expected":
        """The same with the scores by head.

        Args:
            outputs: {head: the model's own name of its output}.

        Raises:
            ModelError: it has no scores of a head.
        """
        if len(self.scores) == len(outputs) == 1:  # frameworks call the only output as they like
            [only] = self.scores.values()
            return Expected(self.file, self.pictures, dict.fromkeys(outputs, only), self.features)
        missing = [head for head, output in outputs.items() if not {head, output} & self.scores.keys()]
        if missing:
            names = ", ".join(f"score/{name}" if name else "scores" for name in self.scores)
            raise ModelError(
                f"{self.file}: expected scores of each head, score/{missing[0]} among them. Received: {names}",
                hint=_HINT,
            )
        scores = {head: self.scores[head if head in self.scores else output] for head, output in outputs.items()}
        return Expected(self.file, self.pictures, scores, self.features)

    def complemented(self, heads: Collection[str]) -> "Expected":
        """The same with 1 - the scores of these heads, as `Network.complemented`."""
        scores = {head: 1 - values if head in heads else values for head, values in self.scores.items()}
        return replace(self, scores=scores)

    def compare(self, found: Scores, model: str) -> None:
        """Refuses a reading of a model that gives other scores.

        Args:
            found: {head: float32 (N, K)}, what our reading gives.
            model: that was read, for messages.

        Raises:
            ModelError: a score is further away than `TOLERANCE`; says which, and both numbers.
        """
        for head, values in self.scores.items():
            if values.shape != found[head].shape:
                raise ModelError(
                    f"{self.file}: expected scores of head {head} of shape {found[head].shape}. Received: "
                    f"{values.shape}",
                    hint=_HINT,
                )
        head, difference = largest_difference(self.scores, found)
        if difference <= TOLERANCE:
            return
        theirs, ours = self.scores[head], found[head]
        apart = np.nan_to_num(np.abs(theirs - ours) / np.maximum(1.0, np.abs(theirs)), nan=np.inf)
        row, column = np.unravel_index(np.argmax(apart), apart.shape)
        raise ModelError(
            f"{model}: head {head}, sample {row} of {self.file}: the author's framework gave "
            f"{theirs[row, column]:.6g}, and the file as it is read here gives {ours[row, column]:.6g}; expected the "
            f"same to {TOLERANCE:g}, nothing was published",
            hint="if the author scaled or resized the pictures outside the model, say so "
            f"({Argument('scaling', ...)}, {Argument('size', ...)}), else write the model as a SavedModel with the "
            "framework that made it, and export that",
            arguments=[Argument("scaling", ...), Argument("size", ...)],
        )


def _arrays(file: Path) -> dict[str, NDArray[np.generic]]:
    try:
        with file.open("rb") as opened:
            content = np.load(opened)
            if isinstance(content, np.lib.npyio.NpzFile):
                return {name: content[name] for name in content.files}
            raise ValueError("it is one array, without a name")
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{file}: no readable .npz file of samples: {first_line(error)}", hint=_HINT) from None


def _pictures(arrays: Mapping[str, NDArray[np.generic]], file: Path) -> Iterator[bytes]:
    """The encoded pictures; pixels are encoded without loss."""
    count = sum(name.startswith("picture/") for name in arrays)
    if ("images" in arrays) == (count > 0):
        return
    for number in range(count):
        encoded = arrays.get(f"picture/{number}")
        if encoded is None or encoded.dtype != np.uint8:
            raise ModelError(f"{file}: expected picture/{number} of uint8, the bytes of a picture file", hint=_HINT)
        yield encoded.tobytes()
    if count:
        return
    images = arrays["images"]
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] not in (1, 3)):
        raise ModelError(
            f"{file}: expected images of uint8 (N, H, W, 1 or 3) or (N, H, W), pixels from 0 to 255. Received: "
            f"{images.dtype} {images.shape}",
            hint=_HINT,
        )
    for pixels in images:
        buffer = io.BytesIO()
        Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 and pixels.ndim == 3 else pixels).save(buffer, "PNG")
        yield buffer.getvalue()


def _rows(arrays: Mapping[str, NDArray[np.generic]], name: str, count: int, file: Path) -> NDArray[np.float32]:
    """An array with a row for each picture, float32 (N, K)."""
    values = arrays[name]
    if values.dtype.kind not in "fiu" or values.ndim not in (1, 2) or len(values) != count:
        raise ModelError(
            f"{file}: expected {name} of numbers, (N, K) or (N,) for its N = {count} pictures. Received: "
            f"{values.dtype} {values.shape}",
            hint=_HINT,
        )
    return values.astype(np.float32).reshape(count, -1)
