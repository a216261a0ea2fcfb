"""The baseline table: measured, kept, and loud about random weights."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.settings import Settings
from aoi_modules.study.networks.baseline import Baseline, Exam, Row, cost_of, group_names, row_of, together
from aoi_modules.study.networks.latency import Latency
from aoi_modules.tf import keras
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.training.small import ORIGIN, PICTURE, split


def row(name: str, latency: float, auroc: float, weights: str = "imagenet (file x)", *, overkill: float = 0.3) -> Row:
    return Row(
        backbone=name,
        weights=weights,
        parameters=1_000_000,
        multiply_adds=20_000_000,
        latency_ms=latency,
        auroc=auroc,
        auroc_low=auroc - 0.05,
        auroc_high=auroc + 0.05,
        overkill=overkill,
    )


ROWS = (row("slow", 90.0, 0.9), row("quick", 5.0, 0.8), row("blind", 40.0, 0.5, "random"))
TABLE = Baseline(data=ORIGIN, profile="ci", side=32, train=96, test=40, rows=ROWS)


def test_a_backbone_is_measured(tmp_path: Path) -> None:
    given = Settings(course_dir=tmp_path, cache_dir=tmp_path, offline=True)
    exam = Exam(split(), PICTURE)
    keras.utils.set_random_seed(0)
    backbone = small_cnn(PICTURE)
    cost = cost_of(backbone, Latency(0.002, 0.001, 0.003, 9))
    found = row_of("small", backbone, "random", cost, exam, given=given, log=lambda _: None)
    assert (found.backbone, found.latency_ms, found.parameters) == ("small", 2.0, backbone.count_params())
    assert found.multiply_adds > 0
    assert 0.5 < found.auroc <= 1
    assert found.auroc_low <= found.auroc <= found.auroc_high


def test_one_table_holds_all_pictures_in_order() -> None:
    parts = split()
    whole = together(parts)
    assert len(whole) == 96 + 40 + 40
    assert whole.ids == parts.train.ids + parts.validation.ids + parts.test.ids
    assert np.array_equal(whole.picture(96), parts.validation.picture(0))
    assert np.array_equal(whole.labels[-40:], parts.test.labels)


def test_a_baseline_comes_back_as_it_was_written(tmp_path: Path) -> None:
    assert Baseline.read(TABLE.write(tmp_path)) == TABLE


@pytest.mark.parametrize("content", [None, b"{}", b"not json"])
def test_a_file_that_is_no_baseline_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"baseline\.json: expected a baseline"):
        Baseline.read(path)


def test_the_table_is_loud_about_random_weights() -> None:
    text = TABLE.text()
    assert [line.split()[0] for line in text.splitlines()[1:4]] == ["quick", "blind", "slow"]
    assert "RANDOM weights: blind\n" in text
    assert "overkill at 5% escapes" in text
    assert "RANDOM" not in msgspec.structs.replace(TABLE, rows=ROWS[:2]).text()
    assert ROWS[2].label == "blind, RANDOM weights"
    assert ROWS[0].label == "slow"


def test_pictures_of_one_part_share_a_name() -> None:
    assert group_names([["a1", "a2"], ["b1"]], ["b1", "a2", "a1"]) == ["b1", "a1", "a1"]
    assert np.unique(group_names([["a"], ["b"]], ["a", "b"])).size == 2
