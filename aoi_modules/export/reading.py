"""How a model file is to be read, where it does not say it itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Scaling = Literal["none", "unit", "tf", "caffe", "torch"]
"""What a network wants its pixels to be; the names are those of Keras' `preprocess_input`, and `unit` is [0, 1]."""
SCALINGS: tuple[Scaling, ...] = ("none", "unit", "tf", "caffe", "torch")


@dataclass(frozen=True)
class Reading:
    """How a file is to be read. What is left out follows from the file, and from the report beside it.

    Args:
        size: height and width of the pictures, for a network that takes any.
        scaling: what the network wants its pixels to be; its own graph does not scale them.
        features: names of the numbers beside a picture.
        inputs: which inputs take the picture and perhaps the features; frozen graphs need them.
        outputs: which outputs to keep, in this order; frozen graphs need them.
        signature: of a SavedModel; default `serving_default`.
        allow_lambda: whether Python code inside a Keras file may run.
        samples: picture files to use instead of the report's.
        expect: file of pictures with the scores that the author's framework gave; see `export/expected.py`.
    """

    size: tuple[int, int] | None = None
    scaling: Scaling = "none"
    features: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    signature: str | None = None
    allow_lambda: bool = False
    samples: tuple[Path, ...] = ()
    expect: Path | None = None


AS_WRITTEN = Reading()
"""The file says everything."""
