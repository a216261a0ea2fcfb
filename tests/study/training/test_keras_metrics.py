"""Metrics that Keras computes while it trains."""

import math
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.study.training.keras_metrics import EscapeRate, OverkillRate
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.metrics import Labels, Scores

LABELS = np.array([1, 1, 0, 0, 0, 0, 1, 0], np.int64)
SCORES = np.array([0.9, 0.2, 0.7, 0.1, 0.2, 0.3, 0.8, 0.6], np.float32)


def model() -> keras.Model:
    """Answers its own input: a score."""
    image = keras.Input((1,), name="score")
    return keras.Model(image, keras.layers.Rescaling(1.0, name="defect")(image))


def over_batches(metric: keras.metrics.Metric, labels: Labels, scores: Scores, size: int) -> float:
    for start in range(0, len(labels), size):
        metric.update_state(labels[start : start + size], scores[start : start + size, np.newaxis])
    return float(metric.result())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10)), max_size=12), st.sampled_from([0.0, 0.45, 0.5, 1.0]))
@settings(deadline=None, max_examples=10)
def test_escape_and_overkill_are_those_of_the_verdicts(parts: list[tuple[bool, int]], threshold: float) -> None:
    parts = [*parts, (True, 3), (False, 6)]
    labels = np.array([bad for bad, _ in parts], np.int64)
    scores = np.array([score / 10 for _, score in parts], np.float32)
    escape, overkill = metrics.rates(scores, labels, threshold)
    for size in (5, 20):
        assert over_batches(EscapeRate(threshold), labels, scores, size) == pytest.approx(escape.value)
        assert over_batches(OverkillRate(threshold), labels, scores, size) == pytest.approx(overkill.value)


def test_escape_is_what_recall_leaves() -> None:
    assert over_batches(EscapeRate(0.5), LABELS, SCORES, 3) == pytest.approx(
        1 - over_batches(keras.metrics.Recall(), LABELS, SCORES, 3)
    )


def test_rows_of_weight_zero_are_left_out() -> None:
    metric = EscapeRate(0.5)
    metric.update_state(LABELS, SCORES, sample_weight=[1, 0, 1, 1, 1, 1, 1, 1])
    assert float(metric.result()) == 0.0


def test_nothing_seen_is_no_rate_and_a_reset_forgets() -> None:
    metric = OverkillRate(0.5)
    assert math.isnan(float(metric.result()))
    metric.update_state(LABELS, SCORES)
    assert float(metric.result()) == pytest.approx(2 / 5)
    metric.reset_state()
    assert math.isnan(float(metric.result()))


def test_a_score_that_is_no_number_is_neither_passed_nor_failed() -> None:
    for metric in (EscapeRate(0.5), OverkillRate(0.5)):
        metric.update_state(np.array([0, 1]), np.array([math.nan, math.nan], np.float32))
        assert float(metric.result()) == 0.0


def test_a_threshold_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 2"):
        EscapeRate(2)


def test_a_model_compiled_with_objects_loads_as_it_is(tmp_path: Path) -> None:
    made = model()
    made.compile(loss="binary_crossentropy", metrics=[EscapeRate(0.75), OverkillRate(0.65)])
    made.save(tmp_path / "model.keras")
    assert not keras.saving.load_model(tmp_path / "model.keras", compile=False).compiled
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    figures = loaded.evaluate(SCORES[:, np.newaxis], LABELS, batch_size=3, return_dict=True, verbose=0)
    assert figures["escape_rate"] == pytest.approx(1 / 3)
    assert figures["overkill_rate"] == pytest.approx(1 / 5)
