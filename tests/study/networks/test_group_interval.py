"""Intervals of figures whose pictures come in groups."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.study.networks.group_interval import interval_by_groups
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.metrics import Labels, Scores


def drawn(count: int) -> tuple[Scores, Labels]:
    """So many defective parts with scores of density 2x on [0, 1], and as many good ones with density 2 - 2x."""
    random = np.random.default_rng(0)
    scores = np.concatenate([np.sqrt(random.random(count)), 1 - np.sqrt(random.random(count))])
    return scores.astype(np.float32), np.repeat(np.array([1, 0], np.int64), count)


def test_groups_widen_an_interval() -> None:
    scores, labels = drawn(100)
    alone = [str(row) for row in range(200)]
    boards = [f"{row // 2 % 5}" for row in range(200)]
    shifted = np.clip(scores + np.array([int(board) for board in boards], np.float32) / 10, 0, 1).astype(np.float32)
    narrow = interval_by_groups(share_failed, shifted, labels, alone, draws=200)
    wide = interval_by_groups(share_failed, shifted, labels, boards, draws=200)
    assert narrow[0] < share_failed(shifted, labels) < narrow[1]
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
    assert interval_by_groups(share_failed, shifted, labels, boards, draws=200) == wide
    with pytest.raises(ModelError, match="2 groups"):
        interval_by_groups(metrics.auroc, scores[:2], labels[:2], ["a", "b"], draws=3)


def share_failed(scores: Scores, labels: Labels) -> float:
    return float(np.mean(scores > 0.7))
