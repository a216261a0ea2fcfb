"""Trained models as the export reads them: the network, its heads, its origin and sample pictures."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.decoding import decode_picture
from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network, Scaling
from aoi_modules.export.readers.formats import read_network
from aoi_modules.modelstore import training_report as training_report
from aoi_modules.modelstore.golden import Scores
from aoi_modules.modelstore.manifest import DataOrigin, Head, HeadKind, PictureInput
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.modelstore.version_dir import check_name, file_sha256
from aoi_modules.tf import tf


@dataclass(frozen=True)
class ModelSource:
    """A trained network that takes decoded pictures, and what is known about it.

    Args:
        network: its outputs have the names of the heads.
        heads: one for each output, in the order of the outputs.
        name: file that it was read from, for messages and the manifest.
        data: what it learnt from; None when nothing says it.
        profile: size of the training.
        sha256: of the file.
        pictures: encoded sample pictures from the test split; empty when the model came without a report.
        features: names of the numbers that it takes beside a picture.
        feature_rows: float32 (n, F), those of the sample pictures; None when it takes none or nothing says them.
    """

    network: Network
    heads: tuple[Head, ...]
    name: str = "the model"
    data: DataOrigin | None = None
    profile: str | None = None
    sha256: str = ""
    pictures: tuple[bytes, ...] = ()
    features: tuple[str, ...] = ()
    feature_rows: NDArray[np.float32] | None = None

    @property
    def picture(self) -> PictureInput:
        return self.network.picture

    def samples(self) -> list[tuple[bytes, NDArray[np.float32] | None]]:
        """The sample pictures, each with its features, float32 (F,)."""
        rows = [None] * len(self.pictures) if self.feature_rows is None else list(self.feature_rows)
        return list(zip(self.pictures, rows, strict=True))

    def scores(self, pictures: Sequence[bytes], features: NDArray[np.float32] | None = None) -> Scores:
        """What the network itself says about encoded pictures: the truth that every server is held to.

        Args:
            pictures: PNG, JPEG or BMP files.
            features: float32 (N, F), of a network that takes them.

        Returns:
            {head: float32 (N, K)}, by the very decoder and resize that the servable carries.
        """
        size = self.picture
        batch = tf.stack([decode_picture(one, size.height, size.width, size.channels) for one in pictures])
        answers = self.network.run(batch, None if features is None else tf.constant(features))
        return {head.name: np.asarray(answers[head.name], np.float32) for head in self.heads}


@dataclass(frozen=True)
class Wish:
    """What a caller says about a head; what it leaves open follows from the report or from the output itself.

    Args:
        head: name of the head; None for the only one.
        output: the model's name for it; None for the only one, or the one of that name.
        kind: what the output means.
        labels: in the order of the classes, or good and defect.
        threshold: a defect score over it fails the part; heads of other kinds have none.
    """

    head: str | None = None
    output: str | None = None
    kind: HeadKind | None = None
    labels: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, where it does not say it itself.

    Args:
        size: height and width of the pictures, for a network that takes any.
        scaling: what the network wants its pixels to be; its own graph does not scale them.
        features: names of the numbers beside a picture.
        inputs: of a frozen graph.
        outputs: of a frozen graph.
        signature: of a SavedModel.
        allow_lambda: whether Python code inside a Keras file may run.
        samples: picture files to use instead of the report's.
    """

    size: tuple[int, int] | None = None
    scaling: Scaling = "none"
    features: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    signature: str | None = None
    allow_lambda: bool = False
    samples: tuple[Path, ...] = field(default=())


def read(path: Path, wishes: Sequence[Wish] = (), reading: Reading | None = None) -> ModelSource:
    """Reads a trained model of any format, and the `report.json` that training left beside it.

    Args:
        path: file or SavedModel folder.
        wishes: about its heads, over what the report says; naming any head leaves the others out.
        reading: what the file leaves open.

    Raises:
        ModelError: the file cannot be read, does not take pictures, or does not fit the wishes or its report.
    """
    how = reading or Reading()
    network = read_network(
        path,
        size=how.size,
        inputs=how.inputs,
        outputs=how.outputs,
        signature=how.signature,
        allow_lambda=how.allow_lambda,
    ).scaled(how.scaling)
    sha256 = _sha256(path)
    report = _report(path, sha256, described=any(wish.head for wish in wishes))
    if report is not None and set(network.outputs) != {head.name for head in report.heads}:
        raise ModelError(
            f"{path.with_name(training_report.FILE_NAME)}: has the heads "
            f"{', '.join(head.name for head in report.heads)}, but the model {', '.join(network.outputs)}"
        )
    known = {head.name: head for head in report.heads} if report else {}
    heads, outputs = _heads(network, known, wishes)
    features = how.features or (report.features if report else ())
    _check_features(network, features)
    pictures, rows = _samples(path, how.samples, report)
    return ModelSource(
        network=network.renamed(outputs),
        heads=heads,
        name=str(path),
        data=report.data if report else None,
        profile=report.profile if report else None,
        sha256=sha256,
        pictures=pictures,
        features=features,
        feature_rows=rows,
    )


def default_head(name: str, units: int, *, kind: HeadKind | None = None, labels: tuple[str, ...] = ()) -> Head:
    """The head that an output of so many units most likely is: one unit scores a defect, more are classes.

    Raises:
        ModelError: the labels or the kind do not fit.
    """
    kind = kind or ("class" if units > 1 else "defect")
    if kind != "class" and units != 1:
        raise ModelError(f"--kind: a {kind} head has one unit. Received: {kind} for {name}, which has {units}")
    wanted = units if kind == "class" else 2 if kind == "defect" else 0
    if not labels:
        labels = tuple(str(k) for k in range(units)) if kind == "class" else ("good", name)[:wanted]
    if len(labels) != wanted:
        raise ModelError(f"--labels: expected {wanted} labels for the {kind} head {name}. Received: {len(labels)}")
    return Head(name=name, kind=kind, labels=labels, threshold=0.5 if kind == "defect" else None)


def _heads(network: Network, known: dict[str, Head], wishes: Sequence[Wish]) -> tuple[tuple[Head, ...], dict[str, str]]:
    """The heads in the order of the outputs, and {head: output of the network}."""
    by_output = {_output_of(wish, network): wish for wish in wishes}
    if len(by_output) != len(wishes):
        raise ModelError(f"--head: two names for one output of {network.origin}: {', '.join(network.outputs)}")
    # Wishes that only say a threshold do not choose heads, those with names do.
    chosen = [output for output in network.outputs if output in by_output or not any(wish.head for wish in wishes)]
    heads = tuple(_head(output, network, known.get(output), by_output.get(output, Wish())) for output in chosen)
    return heads, {head.name: output for head, output in zip(heads, chosen, strict=True)}


def _output_of(wish: Wish, network: Network) -> str:
    """The output that a wish is about."""
    name = wish.output or (wish.head if wish.head in network.outputs or len(network.outputs) > 1 else None)
    if name is None and len(network.outputs) == 1:
        return next(iter(network.outputs))
    if name not in network.outputs:
        raise ModelError(
            f"--head: {network.origin} has the outputs {', '.join(network.outputs)}. Received: {name or 'no name'}",
            hint="--head NAME=OUTPUT names one of them",
        )
    return name


def _head(output: str, network: Network, known: Head | None, wish: Wish) -> Head:
    """What the report says about an output, or what it most likely is, under the caller's wishes."""
    name = check_name(wish.head or output)
    if known is None:
        head = default_head(name, network.outputs[output], kind=wish.kind, labels=wish.labels)
    else:
        kind = wish.kind or known.kind
        labels = wish.labels or (known.labels if kind == known.kind else ())
        fitting = default_head(name, network.outputs[output], kind=kind, labels=labels)
        head = msgspec.structs.replace(known, name=name, kind=kind, labels=fitting.labels)
    if wish.threshold is None or head.kind != "defect":
        return head
    return msgspec.structs.replace(head, threshold=wish.threshold)


def _sha256(path: Path) -> str:
    """Of the file, or of all files in a folder together."""
    if path.is_file():
        return file_sha256(path)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    together = "".join(f"{file_sha256(file)}  {file.relative_to(path)}\n" for file in files)
    return hashlib.sha256(together.encode()).hexdigest()


def _report(path: Path, sha256: str, *, described: bool) -> TrainingReport | None:
    """The report beside a model; None if there is none, or if it is of another model and the caller describes this."""
    file = path.with_name(training_report.FILE_NAME)
    if not path.is_file() or not file.is_file():
        return None
    report = training_report.read(file)
    if report.model_sha256 == sha256:
        return report
    if described:
        return None
    raise ModelError(
        f"{file} describes another model: sha256 {report.model_sha256}, but {path.name} has {sha256}",
        hint="train again, or describe the model's output yourself with --head, --kind and --labels",
    )


def _check_features(network: Network, names: tuple[str, ...]) -> None:
    if network.features and not names:
        raise ModelError(
            f"{network.origin}: takes {network.features} features beside a picture, and no report.json says what they "
            "mean",
            hint="keep the report.json of aoi train beside the model, or name them: --features area,age",
        )
    if len(names) != network.features:
        raise ModelError(
            f"--features: {network.origin} takes {network.features} numbers beside a picture. Received "
            f"{len(names)} names: {', '.join(names)}"
        )


def _samples(
    path: Path, files: Sequence[Path], report: TrainingReport | None
) -> tuple[tuple[bytes, ...], NDArray[np.float32] | None]:
    """Sample pictures and their features: those that the caller names, else those of the report."""
    if files or report is None:
        return _read_pictures(files), None
    pictures = _read_pictures([path.parent / sample.file for sample in report.samples])
    rows = np.array([sample.features for sample in report.samples], np.float32) if report.features else None
    return pictures, rows


def _read_pictures(paths: Sequence[Path]) -> tuple[bytes, ...]:
    try:
        return tuple(path.read_bytes() for path in paths)
    except OSError as error:
        raise ModelError(f"sample picture {error.filename}: {error.strerror}") from None
