"""Trained models as the export reads them: the network, its heads, its origin and sample pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import FEATURES, IMAGE
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import DataOrigin, Head, HeadKind, PictureInput
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.tf import keras
from aoi_modules.training import report as training_report


@dataclass(frozen=True)
class ModelSource:
    """A trained network that takes decoded pictures, and what its report says about it.

    Args:
        network: Keras model; one input, float32 (N, H, W, C) in [0, 255], or a dict of it, `image`, and `features`
            float32 (N, F); a dict of outputs, float32 (N, K) each.
        heads: one for each output, in the order of the outputs.
        pictures: encoded sample pictures from the test split; empty when the model came without a report.
        features: names of the numbers that it takes beside a picture.
        feature_rows: float32 (n, F), those of the sample pictures; None when it takes none.
    """

    network: Any
    heads: tuple[Head, ...]
    picture: PictureInput
    data: DataOrigin | None
    profile: str | None
    sha256: str
    pictures: tuple[bytes, ...]
    features: tuple[str, ...] = ()
    feature_rows: NDArray[np.float32] | None = None


def read_keras(path: Path, *, head: Head | None = None, samples: Sequence[Path] = ()) -> ModelSource:
    """Reads a `.keras` file and the `report.json` that training left beside it.

    Args:
        path: the model.
        head: describes the only output of a model that has no report.
        samples: picture files to use instead of the report's.

    Raises:
        ModelError: the file cannot be read, does not take pictures, or nothing says what its outputs mean.
    """
    network = load_network(path)
    picture, width = model_input(network, path)
    sha256 = file_sha256(path)
    report_path = path.with_name("report.json")
    if head is not None or not report_path.is_file():
        output, units = only_output(network, path)
        heads: tuple[Head, ...] = (head or default_head(output, units, kind=None, labels=()),)
        if width:
            raise ModelError(
                f"{path}: takes {width} features beside a picture, and no report.json says what they mean",
                hint="keep the report.json of aoi train beside the model",
            )
        return ModelSource(network, heads, picture, None, None, sha256, _read_pictures(samples))
    report = training_report.read(report_path)
    if report.model_sha256 != sha256:
        raise ModelError(
            f"{report_path} describes another model: sha256 {report.model_sha256}, but {path.name} has {sha256}",
            hint="train again, or describe the model's output yourself with --head, --kind and --labels",
        )
    if len(report.features) != width:
        raise ModelError(f"{report_path}: names the features {report.features}, but {path.name} takes {width}")
    if width and samples:
        raise ModelError("samples: a model that takes features is proved by the pictures of its report, not by others")
    files = samples or [path.parent / sample.file for sample in report.samples]
    return ModelSource(
        network=network,
        heads=_in_order(network, report.heads, report_path),
        picture=picture,
        data=report.data,
        profile=report.profile,
        sha256=sha256,
        pictures=_read_pictures(files),
        features=report.features,
        feature_rows=np.array([sample.features for sample in report.samples], np.float32) if width else None,
    )


def load_network(path: Path) -> Any:
    """Loads a Keras model for inference. Code inside the file (Lambda layers) is not run.

    Raises:
        ModelError: the file is missing or not a Keras model.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such file", hint="aoi train RECIPE --out DIR writes DIR/model.keras")
    if path.suffix != ".keras":
        raise ModelError(f"{path}: expected a .keras file. Received: a file ending in {path.suffix or 'nothing'!r}")
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises whatever its zip, HDF5 and layer code meets
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"{path}: not readable as a Keras model: {first_line}") from error


def model_input(network: Any, path: Path) -> tuple[PictureInput, int]:
    """The size of the pictures that a network takes, and how many features beside each; 0 for none.

    Raises:
        ModelError: its input is not one batch of pictures of a fixed size, or that and `features`.
    """
    tensors = network.input if isinstance(network.input, dict) else {IMAGE: network.inputs[0]}
    shapes = [tuple(tensor.shape) for tensor in network.inputs]
    if set(tensors) == {IMAGE, FEATURES} and len(tensors[FEATURES].shape) == 2:
        width, shapes = int(tensors[FEATURES].shape[1]), [tuple(tensors[IMAGE].shape)]
    else:
        width = 0
    if len(shapes) != 1 or len(shapes[0]) != 4 or None in shapes[0][1:] or shapes[0][3] not in (1, 3):
        raise ModelError(
            f"{path}: expected one input of shape (N, height, width, 1 or 3). Received: {shapes}",
            hint="build the model on keras.Input((height, width, channels), name='image')",
        )
    _, height, columns, channels = shapes[0]
    return PictureInput(height=height, width=columns, channels=channels), width


def default_head(name: str, outputs: int, *, kind: HeadKind | None, labels: tuple[str, ...]) -> Head:
    """The head that an output of so many units most likely is: one unit scores a defect, more are classes.

    Raises:
        ModelError: the labels do not fit.
    """
    kind = kind or ("class" if outputs > 1 else "defect")
    wanted = outputs if kind == "class" else 2 if kind == "defect" else 0
    if not labels:
        labels = tuple(str(k) for k in range(outputs)) if kind == "class" else ("good", name)[:wanted]
    if len(labels) != wanted:
        raise ModelError(f"--labels: expected {wanted} labels for a {kind} head. Received: {len(labels)}")
    return Head(name=name, kind=kind, labels=labels, threshold=0.5 if kind == "defect" else None)


def output_widths(network: Any) -> dict[str, int]:
    """Units of each named output; the only output of a network without names is called `score`."""
    outputs = network.output if isinstance(network.output, dict) else {"score": network.output}
    return {name: int(tensor.shape[-1]) for name, tensor in outputs.items()}


def only_output(network: Any, path: Path) -> tuple[str, int]:
    """Name and units of the output of a network that has one.

    Raises:
        ModelError: it has several.
    """
    widths = output_widths(network)
    if len(widths) != 1:
        raise ModelError(
            f"{path}: has the outputs {', '.join(widths)}, and no report.json says what they mean",
            hint="keep the report.json of aoi train beside the model",
        )
    return next(iter(widths.items()))


def _in_order(network: Any, heads: tuple[Head, ...], report_path: Path) -> tuple[Head, ...]:
    """The report's heads in the order of the network's outputs."""
    by_name = {head.name: head for head in heads}
    names = list(output_widths(network))
    if set(by_name) != set(names):
        raise ModelError(f"{report_path}: has the heads {', '.join(by_name)}, but the model {', '.join(names)}")
    return tuple(by_name[name] for name in names)


def _read_pictures(paths: Sequence[Path]) -> tuple[bytes, ...]:
    try:
        return tuple(path.read_bytes() for path in paths)
    except OSError as error:
        raise ModelError(f"sample picture {error.filename}: {error.strerror}") from None
