"""Rows as batches, from pictures and from features."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.training.fitting.examples import Examples, FeatureExamples, PictureExamples
from aoi_modules.training.networks.heads import PICTURE_FEATURES
from tests.training.small import PICTURE, table

ROWS = table(10, 0)
VALUES = np.arange(2 * 10 * 3, dtype=np.float16).reshape(2, 10, 3)


@pytest.mark.parametrize("examples", [PictureExamples(ROWS, PICTURE), FeatureExamples(VALUES[:1], ROWS)])
def test_an_epoch_has_the_steps_that_it_says(examples: Examples) -> None:
    assert len(list(examples.stream(4, 3, 1, 0))) == 2 * examples.steps(4) == 6
    assert sum(len(batch[1]["defect"]) for batch in examples.once()) == 10


def test_every_view_keeps_the_label_of_its_picture() -> None:
    examples = FeatureExamples(VALUES, ROWS)
    seen = {}
    for inputs, targets in examples.stream(4, 1, 0, 0):
        for values, label in zip(inputs[PICTURE_FEATURES].numpy(), targets["defect"].numpy(), strict=True):
            seen[float(values[0])] = int(label)
    assert len(seen) == 20
    for view in range(2):
        assert [seen[float(VALUES[view, row, 0])] for row in range(10)] == ROWS.labels.tolist()


def test_what_is_checked_is_the_picture_as_it_is() -> None:
    (batch,) = list(FeatureExamples(VALUES, ROWS).once())
    assert np.array_equal(batch[0][PICTURE_FEATURES], VALUES[0].astype(np.float32))


def test_weights_and_numbers_follow_their_pictures() -> None:
    numbers = np.arange(10, dtype=np.float32)[:, np.newaxis]
    weighed = replace(ROWS.main, weights=numbers[:, 0] + 1)
    rows = replace(ROWS, features=numbers, feature_names=("size",), targets=(weighed,))
    for inputs, _, weights in FeatureExamples(VALUES, rows, np.array([1, 5, 5])).stream(4, 1, 0, 0):
        picture = inputs[PICTURE_FEATURES][:, 0].numpy() % 30 / 3
        assert np.array_equal(inputs["features"][:, 0], picture)
        assert np.array_equal(weights["defect"], picture + 1)
