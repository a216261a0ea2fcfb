"""`report.json`: what was trained, on which data, and what it is worth. The exporter builds the manifest from it.

As with the manifest, fields that are not known here are passed over, and another `format` is refused.
"""

from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.format_number import UPGRADE, UnknownFormat, check_format
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin, Head, PictureInput
from aoi_modules.modelstore.reference import Reference
from aoi_modules.verdict import Rate, Verdict

FILE_NAME = "report.json"
FORMAT = 1
MistakeKind = Literal["escaped", "overkilled", "mislabelled"]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A test picture as the camera gives it; `file` is relative to the report's folder, `label` is the truth.

    `features` are the numbers that come with it, in the order of the report's `features`.
    """

    file: str
    label: str
    features: tuple[float, ...] = ()


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A test picture about which a head was wrong.

    Args:
        picture: its name in the data set, such as a path relative to the folder.
        head: that was wrong.
        kind: `escaped`, a defective part that passes; `overkilled`, a good part that fails; `mislabelled`, a class that
            is taken for another one, whatever the verdict.
        truth: its class.
        answer: what the head says it is.
        score: that was judged; of a head that judges nothing the answer's probability.
        verdict: at the head's threshold; None of a head that judges nothing.
    """

    picture: str
    head: str
    kind: MistakeKind
    truth: str
    answer: str
    score: float
    verdict: Verdict | None = None


class ClassResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a head says about the test pictures of one class, or of one kind of defect.

    Args:
        head: that was asked.
        name: of the class.
        pictures: of the class, in the test table, that count for the head.
        right: pictures that got their own label; None of a head that has no labels for them.
        good: whether its parts are good; None where nothing is judged.
        passed: pictures with the verdict PASS; None likewise.
    """

    head: str
    name: str
    pictures: int
    right: int | None = None
    good: bool | None = None
    passed: int | None = None

    @property
    def recall(self) -> Rate | None:
        """The share that got its own label; None of a head that has none for it."""
        return None if self.right is None else Rate(self.right, self.pictures)

    @property
    def wrong_verdicts(self) -> Rate | None:
        """The share that escapes, of defective parts, or is overkilled, of good ones; None where nothing is judged."""
        if self.passed is None:
            return None
        return Rate(self.pictures - self.passed if self.good else self.passed, self.pictures)

    @property
    def wrong_verdicts_in_words(self) -> str:
        """The share of wrong verdicts and what they are; empty where nothing is judged."""
        rate = self.wrong_verdicts
        return "" if rate is None else f"{rate} {'overkill' if self.good else 'escaped'}"


class TrainingReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a trained model that is not in `model.keras`.

    Args:
        recipe: what was trained.
        profile: the size of the work.
        seed: of everything that was random.
        heads: with labels, threshold and metrics.
        picture: the model's input.
        data: what it learnt from.
        backbone: the network under the head.
        weights: what that network started from: `imagenet (...)` or `random`.
        metrics: key figures on the test pictures, and how many pictures there were.
        notes: what a reader must know before believing the figures.
        options: how it was trained, see `plan.Plan`.
        features: names of the numbers that the model takes beside each picture.
        left_out: what was bad in the data and left out because the caller said so.
        counts: class, or kind of defect -> table -> pictures.
        classes: what each head says about the test pictures of each class.
        mistakes: the test pictures about which a head was wrong, the worst first; None where an older release wrote
            the report.
        reference: what the training pictures were like, those of good parts if any are known; None where an older
            release wrote the report.
        units: of a line, that it learnt from, and the hash of those that were held out; None where the data do not
            tell, as those of `aoi results dataset` do.
        samples: test pictures beside the report.
        seconds: that the training took, evaluation included.
        model_sha256: of `model.keras`.
        tools: name -> version.
        format: number of this form of report.
    """

    recipe: str
    profile: str
    seed: int
    heads: tuple[Head, ...]
    picture: PictureInput
    data: DataOrigin
    backbone: str
    weights: str
    metrics: dict[str, float]
    notes: tuple[str, ...]
    samples: tuple[Sample, ...]
    seconds: float
    model_sha256: str
    tools: dict[str, str]
    options: dict[str, str | int | float | bool] = {}
    features: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    counts: dict[str, dict[str, int]] = {}
    classes: tuple[ClassResult, ...] = ()
    mistakes: tuple[Mistake, ...] | None = None
    reference: Reference | None = None
    units: LearntUnits | None = None
    format: int = FORMAT


def verdicts_in_words(report: TrainingReport, head: str) -> str:
    """Says in one line how many test pictures a head judges wrong; empty where it judges nothing."""
    judged = [one for one in report.classes if one.head == head and one.passed is not None]
    good = Rate(
        sum(one.pictures - (one.passed or 0) for one in judged if one.good),
        sum(one.pictures for one in judged if one.good),
    )
    defective = Rate(
        sum(one.passed or 0 for one in judged if not one.good), sum(one.pictures for one in judged if not one.good)
    )
    return f"defective parts that pass: {defective}; good parts that fail: {good}" if judged else ""


def read(path: Path) -> TrainingReport:
    """The report in a file, or in the folder that a training wrote.

    Raises:
        ModelError: there is none, or it is not one; says which field.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        content = file.read_bytes()
        check_format(content, FORMAT)
        return msgspec.json.decode(content, type=TrainingReport)
    except FileNotFoundError:
        raise ModelError(f"{file}: no report there", hint="aoi train writes one beside model.keras") from None
    except UnknownFormat as error:
        raise ModelError(f"{file}: {error}", hint=UPGRADE) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{file}: not a training report: {error}", hint="train the model again") from None
    except OSError as error:
        raise ModelError(f"{file}: cannot be read: {error.strerror}") from None


def to_json(report: TrainingReport) -> bytes:
    """The report as its file holds it: JSON, its keys sorted, for people too."""
    return msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=2)


def write(report: TrainingReport, folder: Path) -> None:
    """Writes the report beside the model that it describes."""
    (folder / FILE_NAME).write_bytes(to_json(report))
