"""Samples that travel with the model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import decode
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training.reporting import samples
from tests.training.small import table


def test_every_kind_is_there_before_any_comes_twice() -> None:
    kinds = ("Free",) * 20 + ("Crack", "Fray")
    rows = table(22, 0)
    chosen = samples.choose(replace(rows, kinds=kinds), at_least=5)
    assert sorted(kinds[row] for row in chosen[:3]) == ["Crack", "Fray", "Free"]
    assert len(chosen) == len(set(chosen)) >= 5


def test_a_small_table_gives_all_it_has() -> None:
    assert sorted(samples.choose(table(4, 0), at_least=10)) == [0, 1, 2, 3]


def test_written_pictures_are_the_pictures(tmp_path: Path) -> None:
    rows = table(4, 0)
    written = samples.write(rows, [3, 0], tmp_path)
    assert [sample.label for sample in written] == ["defect", "good"]
    for sample, row in zip(written, [3, 0], strict=True):
        content = (tmp_path / sample.file).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert np.array_equal(decode(content, sample.file), rows.picture(row))


@pytest.mark.parametrize(("side", "count"), [(224, 10), (3464, 5), (11_585, 2)])
def test_of_large_pictures_few_are_enough(side: int, count: int) -> None:
    assert samples.enough(PictureInput(height=side, width=side, channels=3)) == count


def test_rows_that_are_wanted_come_before_others_of_their_kind() -> None:
    rows = table(8, 0)
    assert samples.choose(rows, at_least=4, first=[6, 5]) == [6, 5, 0, 1]


def test_one_wrong_picture_of_each_kind_goes_behind_the_others() -> None:
    rows = table(40, 0)
    assert samples.with_wrong(rows, []) == samples.choose(rows)
    assert samples.with_wrong(rows, [30, 35, 37]) == [*samples.choose(rows), 30, 35]
    assert samples.with_wrong(rows, [0]) == samples.choose(rows)
