"""Trained models as the export reads them: the network, its heads, its origin and sample pictures."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.decoding import decode_picture
from aoi_modules.errors import Argument, ModelError, NotAPicture
from aoi_modules.export.expected import Expected
from aoi_modules.export.graph import unfused
from aoi_modules.export.heads import Wish, choose_heads
from aoi_modules.export.network import Network
from aoi_modules.export.readers.formats import read_network
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.first_line import first_line
from aoi_modules.machine.memory import enough_for
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.golden import Scores
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin, Head, PictureInput
from aoi_modules.modelstore.reference import Reference
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.pictures.decoding import decode
from aoi_modules.tf import tf

Wishes = Sequence[Wish] | Callable[[Collection[str]], Sequence[Wish]]


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
        expected: what the author's framework says about the sample pictures, by head; None when nobody told.
        reference: what the pictures were like that it learnt from; None when nothing says it.
        units: of a line, that it learnt from; None when nothing says it.
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
    expected: Expected | None = None
    reference: Reference | None = None
    units: LearntUnits | None = None

    @property
    def picture(self) -> PictureInput:
        """The pictures that the network takes."""
        return self.network.picture

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what the network gives: the heads, and their maps."""
        heads = [head.name for head in self.heads]
        return (*heads, *(map_name(head.name) for head in self.heads if head.map))

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
            {head: float32 (N, K)}, and of a map float32 (N, rows, columns), by the very decoder and resize that the
            servable carries.
        """
        size = self.picture
        batch = tf.stack([decode_picture(one, size.height, size.width, size.channels) for one in pictures])
        try:
            with unfused():
                answers = self.network.run(batch, None if features is None else tf.constant(features))
        except Exception as error:  # whatever the kernels raise, and the code of other people's layers
            raise ModelError(f"{self.name}: does not run on {len(pictures)} pictures: {first_line(error)}") from error
        return {name: np.asarray(answers[name], np.float32) for name in self.outputs}


def read(path: Path, wishes: Wishes = (), reading: Reading = AS_WRITTEN) -> ModelSource:
    """Reads a trained model of any format, and the `report.json` that training left beside it.

    Args:
        path: file or SavedModel folder.
        wishes: about its heads, over what the report says; naming any head leaves the others out. A function gets the
            names of the outputs, for callers who do not know them.
        reading: what the file does not say itself.

    Raises:
        ModelError: the file cannot be read, does not take pictures, does not fit the wishes or its report, or gives
            other scores than its author expects.
        DataError: nobody says which labels are good, and their names do not tell.
    """
    smaller = Argument("size", ...)
    way_out = f"end other programs, take a machine with more, or, for a model of any size of pictures, less: {smaller}"
    with enough_for(f"the model {path}", way_out, [smaller]):
        return _read(path, wishes, reading)


def _read(path: Path, wishes: Wishes, reading: Reading) -> ModelSource:
    expected = Expected.read(reading.expect) if reading.expect else None
    network = read_network(path, reading).scaled(reading.scaling)
    sha256 = _sha256(path)
    wished = wishes(network.outputs) if callable(wishes) else wishes
    report = _report(path, sha256, described=any(wish.head for wish in wished))
    if report is not None:
        _check_outputs(network, report, path)
    chosen = choose_heads(network, report.heads if report else (), wished)
    features = reading.features or (report.features if report else network.feature_names)
    _check_features(network, features)
    pictures, rows = _samples(path, reading.samples, report)
    source = ModelSource(
        network=network.renamed(chosen.outputs).complemented(chosen.of_good),
        heads=chosen.heads,
        name=str(path),
        data=report.data if report else None,
        profile=report.profile if report else None,
        sha256=sha256,
        pictures=pictures,
        features=features,
        feature_rows=rows,
        reference=report.reference if report else None,
        units=report.units if report else None,
    )
    if expected is None:
        return source
    return _expecting(source, expected.of_heads(chosen.outputs).complemented(chosen.of_good))


def _expecting(source: ModelSource, expected: Expected) -> ModelSource:
    """The model with the author's samples as its own, once it was seen to agree with them."""
    width = 0 if expected.features is None else expected.features.shape[1]
    if width != len(source.features):
        raise ModelError(
            f"{expected.file}: expected features of shape (N, {len(source.features)}) beside the pictures, as "
            f"{source.name} takes them. Received: {f'(N, {width})' if width else 'none'}"
        )
    expected.compare(source.scores(expected.pictures, expected.features), source.name)
    return replace(source, pictures=expected.pictures, feature_rows=expected.features, expected=expected)


def _sha256(path: Path) -> str:
    """Of the file, or of all files in a folder together."""
    try:
        if path.is_file():
            return file_sha256(path)
        files = sorted(file for file in path.rglob("*") if file.is_file())
        together = "".join(f"{file_sha256(file)}  {file.relative_to(path)}\n" for file in files)
    except OSError as error:
        raise ModelError(f"{error.filename or path}: {error.strerror}") from None
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
    head, kind, labels = (Argument(name) for name in ("head", "kind", "labels"))
    raise ModelError(
        f"{file} describes another model: sha256 {report.model_sha256}, but {path.name} has {sha256}",
        hint=f"train again, or describe the model's output yourself with {head}, {kind} and {labels}",
        arguments=(head, kind, labels),
    )


def _check_outputs(network: Network, report: TrainingReport, path: Path) -> None:
    """Holds the outputs of a network to the heads of its report."""
    heads = [head.name for head in report.heads]
    if set(network.outputs) != set(heads):
        raise ModelError(
            f"{path.with_name(training_report.FILE_NAME)}: has the heads {', '.join(heads)}, "
            f"but the model {', '.join(network.outputs)}"
        )


def _check_features(network: Network, names: tuple[str, ...]) -> None:
    if network.features and not names:
        wanted = Argument("features", ("area", "age"))
        raise ModelError(
            f"{network.origin}: takes {network.features} features beside a picture, and no report.json says what they "
            "mean",
            hint=f"keep the report.json of aoi train beside the model, or name them: {wanted}",
            arguments=[wanted],
        )
    if len(names) != network.features:
        wrong = Argument("features")
        raise ModelError(
            f"{wrong}: {network.origin} takes {network.features} numbers beside a picture. Received "
            f"{len(names)} names: {', '.join(names)}",
            arguments=[wrong],
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
    return tuple(map(read_picture, paths))


def read_picture(path: Path) -> bytes:
    """The content of a sample picture, which a servable's graph will have to read.

    Raises:
        ModelError: it cannot be read, or is no picture that is read; names it.
    """
    try:
        content = path.read_bytes()
        decode(content)
    except OSError as error:
        raise ModelError(f"sample picture {path}: {error.strerror}") from None
    except NotAPicture as error:
        raise ModelError(f"sample picture {path}: {error.message}") from None
    return content
