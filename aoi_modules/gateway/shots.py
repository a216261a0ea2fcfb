"""What goes to a model about one part: an encoded picture or a raw frame, and perhaps numbers beside it."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.client.inputs import Inputs, picture_inputs, pixel_inputs
from aoi_modules.errors import BadParameter
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, PIXELS_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest

Features = Mapping[str, float] | tuple[float, ...]
"""Numbers beside a picture: by name, or in the order of the model's manifest."""
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class FrameSize:
    """How the bytes of a raw frame are read: uint8, row after row, the channels of a pixel side by side."""

    width: int
    height: int
    channels: int

    @property
    def length(self) -> int:
        """Of the frame, in bytes."""
        return self.width * self.height * self.channels


@dataclass(frozen=True)
class Shot:
    """A picture of one part, with what goes beside it.

    Args:
        content: the encoded picture, PNG, JPEG or BMP; or the bytes of a raw frame.
        frame: how they are read; None for an encoded picture.
        features: numbers beside it; None if none came.
    """

    content: bytes
    frame: FrameSize | None = None
    features: Features | None = None

    @property
    def names_features(self) -> bool:
        """Whether a manifest has to say in which order the features go."""
        return isinstance(self.features, Mapping)

    @property
    def signature(self) -> str:
        """Which of a model's signatures takes it."""
        return DEFAULT_SIGNATURE if self.frame is None else PIXELS_SIGNATURE

    @property
    def beside(self) -> str:
        """What the bytes alone do not tell, as text: the size of a frame, and the features; empty for nothing."""
        size = "" if self.frame is None else f"{self.frame.width}x{self.frame.height}x{self.frame.channels}"
        numbers = sorted(self.features.items()) if isinstance(self.features, Mapping) else self.features
        return size if numbers is None else f"{size} {numbers}"

    def inputs(self, manifest: Manifest | None = None) -> Inputs:
        """Gives the inputs of that signature.

        Args:
            manifest: of the version that is asked; features by name need it.

        Raises:
            BadParameter: the features are others than the model's.
        """
        row = self._row(manifest)
        if self.frame is None:
            return picture_inputs([self.content], row)
        return pixel_inputs(self.pixels()[np.newaxis], row)

    def pixels(self) -> NDArray[np.uint8]:
        """Gives the pixels of a raw frame, uint8 (h, w, channels)."""
        if self.frame is None:
            raise ValueError("frame: expected a raw frame. Received: an encoded picture")
        return np.frombuffer(self.content, np.uint8).reshape(self.frame.height, self.frame.width, self.frame.channels)

    def check(self, manifest: Manifest | None) -> None:
        """Makes sure that a model takes it, as far as its manifest tells.

        Raises:
            BadParameter: it takes other features, or frames of other channels.
        """
        if manifest is None:
            return
        wanted = manifest.features
        if self.features is None and wanted:
            raise BadParameter("features", expected=f"numbers for: {', '.join(wanted)}", found="none")
        if self.features is not None and not wanted:
            raise BadParameter("features", expected="none, as the model takes pictures alone", found=self._told())
        if isinstance(self.features, tuple) and len(self.features) != len(wanted):
            raise BadParameter(
                "features", expected=f"{len(wanted)} numbers: {', '.join(wanted)}", found=f"{len(self.features)}"
            )
        if isinstance(self.features, Mapping) and self.features.keys() != set(wanted):
            raise BadParameter("features", expected=f"a number for each of: {', '.join(wanted)}", found=self._told())
        if self.frame is not None and self.frame.channels != manifest.picture.channels:
            expected = f"{manifest.picture.channels}, as the model takes"
            raise BadParameter("channels", expected=expected, found=str(self.frame.channels))

    def file(self) -> bytes:
        """Gives the picture as a file that people can open: as it came, or a raw frame as a PNG of the same pixels."""
        if self.frame is None:
            return self.content
        pixels, file = self.pixels(), io.BytesIO()
        picture = Image.fromarray(pixels[..., 0] if self.frame.channels == 1 else pixels)
        picture.save(file, "PNG", compress_level=1)  # three times as fast as the usual level, for a tenth more bytes
        return file.getvalue()

    def _row(self, manifest: Manifest | None) -> NDArray[np.float32] | None:
        """The features as the model takes them, float32 (1, F)."""
        if self.features is None:
            return None
        if not isinstance(self.features, Mapping):
            return np.array([self.features], np.float32)
        if manifest is None:
            raise BadParameter(
                "features", expected="a list, as the model carries no manifest with their names", found=self._told()
            )
        self.check(manifest)
        return np.array([[self.features[name] for name in manifest.features]], np.float32)

    def _told(self) -> str:
        """The features in a few words, for messages."""
        names = self.features if isinstance(self.features, Mapping) else map(str, self.features or ())
        return ", ".join(name[:40] for name in list(names)[:10])


def checked_features(features: Features) -> Features:
    """Gives features as they came.

    Raises:
        BadParameter: one of them is no finite number of 32 bits; names it.
    """
    named = features.items() if isinstance(features, Mapping) else ((str(at), n) for at, n in enumerate(features))
    for name, number in named:
        if not math.isfinite(number) or abs(number) > _LARGEST:
            raise BadParameter(f"features {name[:40]}", expected="a finite number of 32 bits", found=str(number))
    return features
