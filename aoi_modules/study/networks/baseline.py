"""The baseline: how well famous networks do on a data set before anybody designs one, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import DataOrigin, PictureInput
from aoi_modules.progress import Say, say
from aoi_modules.settings import Settings
from aoi_modules.study.networks.block_models import Cost
from aoi_modules.study.networks.cost import multiply_adds, parameters
from aoi_modules.study.networks.group_interval import interval_by_groups
from aoi_modules.study.networks.latency import Latency
from aoi_modules.tf import keras
from aoi_modules.training.features.lookup import features
from aoi_modules.training.measuring.metrics import Labels, Scores, auroc
from aoi_modules.training.measuring.thresholds import overkill_at_escape
from aoi_modules.training.networks.heads import Scale
from aoi_modules.training.networks.weight_origin import RANDOM

ESCAPE = 0.05
L2 = (1e1, 1e2, 1e3)
"""How strongly large weights of a probe may be punished, weakest first; validation chooses."""
DRAWS = 200
"""Of test pictures, for an interval."""
STEPS = 500
"""Of a probe's solver at most."""
FILE_NAME = "baseline.json"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One backbone.

    Args:
        backbone: its name.
        weights: `imagenet (...)` or `random`.
        parameters: of the backbone, without a classifier.
        multiply_adds: for one picture of the baseline's size.
        latency_ms: milliseconds for one picture at a time, on this machine.
        auroc: how often a defective picture gets a higher score than a good one.
        auroc_low: lower end of its 95% interval.
        auroc_high: upper end.
        overkill: share of the good pictures that fail when `ESCAPE` of the defective ones may pass.
    """

    backbone: str
    weights: str
    parameters: int
    multiply_adds: int
    latency_ms: float
    auroc: float
    auroc_low: float
    auroc_high: float
    overkill: float

    @property
    def pretrained(self) -> bool:
        """Whether its weights learnt on ImageNet."""
        return self.weights != RANDOM

    @property
    def label(self) -> str:
        """The name for plots; random weights are said in capitals."""
        return self.backbone if self.pretrained else f"{self.backbone}, RANDOM weights"


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """All backbones, and on what they were measured.

    Args:
        data: which pictures.
        profile: the size of the work.
        side: of the pictures as the backbones see them, in pixels.
        train: pictures that were learnt from.
        test: pictures that were measured on.
        rows: one a backbone.
    """

    data: DataOrigin
    profile: str
    side: int
    train: int
    test: int
    rows: tuple[Row, ...]

    def write(self, folder: Path) -> Path:
        """Writes `baseline.json` into a folder."""
        path = folder / FILE_NAME
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2))
        return path

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Reads what `write` wrote.

        Raises:
            ModelError: the file is not there, or is no baseline.
        """
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError) as error:
            raise ModelError(f"{path}: expected a baseline: {error}", hint="run lesson 3") from None

    def text(self) -> str:
        """Writes the table for people, the fastest first."""
        lines = [
            f"{'backbone':16}{'weights':>10}{'ms':>8}{'AUROC':>8}   95% interval     overkill at {ESCAPE:.0%} escapes"
        ]
        for row in sorted(self.rows, key=lambda row: row.latency_ms):
            weights = "imagenet" if row.pretrained else "RANDOM"
            lines.append(
                f"{row.backbone:16}{weights:>10}{row.latency_ms:>8.1f}{row.auroc:>8.3f}   "
                f"{row.auroc_low:.3f} to {row.auroc_high:.3f} {row.overkill:>10.1%}"
            )
        unknown = [row.backbone for row in self.rows if not row.pretrained]
        if unknown:
            lines.append(f"RANDOM weights: {', '.join(unknown)}")
            lines.append("   nothing was learnt on ImageNet there: such a row tells what the network costs, no more")
        return "\n".join(lines)


@dataclass(frozen=True)
class Exam:
    """What every backbone is measured on, the same for all.

    Args:
        split: the data; its main target asks good or defect.
        picture_input: the backbones' input.
        groups: N names, pictures of one part share one; for intervals. None: each test picture is its own part.
    """

    split: Split
    picture_input: PictureInput
    groups: Sequence[str] | None = None


def cost_of(backbone: keras.Model, latency: Latency) -> Cost:
    """Counts what a backbone costs for one picture of its input's size (H, W, C)."""
    return Cost(parameters(backbone), multiply_adds(backbone), latency)


def row_of(
    name: str,
    backbone: keras.Model,
    weights: str,
    cost: Cost,
    exam: Exam,
    *,
    given: Settings | None = None,
    log: Say = say,
) -> Row:
    """Fills one backbone's row: a probe learns on its features and is measured on the test pictures.

    Args:
        name: of the backbone.
        backbone: frozen, from float32 (N, H, W, C) to (N, F).
        weights: where they came from.
        cost: of the backbone.
        exam: the same for all rows.
        given: settings, which name the cache of features; None takes this process's.
        log: told where features lie.
    """
    scores = scores_of(backbone, exam, given=given, log=log)
    labels = exam.split.test.labels
    low, high = interval_by_groups(auroc, scores, labels, exam.groups or exam.split.test.ids, draws=DRAWS)
    return Row(
        backbone=name,
        weights=weights,
        parameters=cost.parameters,
        multiply_adds=cost.multiply_adds,
        latency_ms=cost.latency.milliseconds,
        auroc=auroc(scores, labels),
        auroc_low=low,
        auroc_high=high,
        overkill=overkill_at_escape(scores, labels, ESCAPE).value,
    )


def scores_of(backbone: keras.Model, exam: Exam, *, given: Settings | None = None, log: Say = say) -> Scores:
    """Scores the test pictures by a linear probe on cached features: float32 (N,), in [0, 1].

    A probe is the simplest head, a logistic regression. How strongly its weights are punished is chosen on the
    validation pictures, because 4096 features need a stronger punishment than 512.
    """
    split = exam.split
    values = features(backbone, together(split), exam.picture_input, given=given, log=log)[0]
    scale = Scale.of(values[: len(split.train)])
    standard = ((values - scale.mean) / scale.spread).astype(np.float32)
    trained, checked, tested = np.split(standard, np.cumsum([len(split.train), len(split.validation)]))
    probes = [_probe(trained, split.train.labels, l2) for l2 in L2]
    best = max(probes, key=lambda probe: auroc(_judged(probe, checked), split.validation.labels))
    return _judged(best, tested)


def together(split: Split) -> Table:
    """Puts training, validation and test pictures into one table, in that order: one pass of a backbone for all."""
    tables = (split.train, split.validation, split.test)
    pictures = [table.encoded(row) for table in tables for row in range(len(table))]
    labels = np.concatenate([table.labels for table in tables])
    ids = tuple(name for table in tables for name in table.ids)
    return Table(tuple(pictures), (Target(split.train.main.name, labels, split.train.label_names),), ids)


def _probe(trained: Scores, labels: Labels, l2: float) -> LogisticRegression:
    """Rare labels weigh as much as common ones."""
    return LogisticRegression(C=1 / l2, class_weight="balanced", max_iter=STEPS).fit(trained, labels)


def _judged(probe: LogisticRegression, values: Scores) -> Scores:
    scores: Scores = probe.predict_proba(values)[:, 1].astype(np.float32)
    return scores


def group_names(groups: Sequence[Sequence[str]], ids: Sequence[str]) -> list[str]:
    """Names the group of each id by the first id in it."""
    name = {member: members[0] for members in groups for member in members}
    return [name[one] for one in ids]
