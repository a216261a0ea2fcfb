"""Fitting learns, says how it goes, keeps the best, and repeats itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import Table, Target
from aoi_modules.tf import keras
from aoi_modules.training.fitting.examples import FeatureExamples, PictureExamples
from aoi_modules.training.fitting.fit import LINES, EpochLines, Schedule, fit, keepers
from aoi_modules.training.fitting.imbalance import balanced
from aoi_modules.training.networks.heads import Scale, end_to_end, head_model
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.training.small import DEFECT, PICTURE, SIDES, split


def learn_sides(log: list[str]) -> tuple[keras.Model, dict[str, list[float]]]:
    keras.utils.set_random_seed(0)
    tables = split(SIDES)
    model = end_to_end(small_cnn(PICTURE), [SIDES], tables.train)
    examples = PictureExamples(tables.train, PICTURE), PictureExamples(tables.validation, PICTURE)
    return model, fit(model, [SIDES], *examples, Schedule(4, 16), log=log.append)


@pytest.mark.slow
def test_the_same_seed_learns_the_same_and_each_epoch_has_a_line() -> None:
    lines: list[str] = []
    first, second = learn_sides(lines), learn_sides([])
    assert first[1] == second[1]
    assert first[1]["validation_accuracy"][-1] > 0.9
    assert [line.split(":")[0] for line in lines] == [f"epoch {i}/4" for i in range(1, 5)]
    for a, b in zip(first[0].get_weights(), second[0].get_weights(), strict=True):
        assert np.array_equal(a, b)


def rare(count: int) -> tuple[Table, np.ndarray[tuple[int, int, int], np.dtype[np.float32]]]:
    """Rows of which one in twenty is defective, and features that show it: (1, count, 5)."""
    random = np.random.default_rng(0)
    labels = (np.arange(count) % 20 == 0).astype(np.int64)
    values = random.normal(0, 1, (1, count, 5)).astype(np.float32)
    values[0, :, 2] += 3 * labels
    pictures = np.zeros((count, 1, 1, 1), np.uint8)
    return Table(pictures, (Target("defect", labels, DEFECT.labels),), tuple(map(str, range(count)))), values


def fitted_heads(schedule: Schedule, work: Path | None = None) -> tuple[keras.Model, dict[str, list[float]], list[str]]:
    rows, values = rare(400)
    keras.utils.set_random_seed(0)
    model = head_model([DEFECT], Scale.of(values[0]), rows, l2=0.01)
    lines: list[str] = []
    examples = FeatureExamples(values, balanced(rows)), FeatureExamples(values, rows)
    return model, fit(model, [DEFECT], *examples, schedule, work=work, log=lines.append), lines


def test_features_are_learnt_although_defects_are_rare() -> None:
    model, _, lines = fitted_heads(Schedule(25, learning_rate=0.01))
    rows, values = rare(400)
    scores = np.asarray(model({"picture_features": values[0]})["defect"])[:, 0]
    assert np.mean(scores[rows.labels == 1] > 0.5) > 0.8
    assert np.mean(scores[rows.labels == 0] > 0.5) < 0.2
    assert len(lines) <= LINES + 3
    assert lines[-1].startswith("epoch 25/25")


@pytest.mark.parametrize(("heads", "measures"), [(2, 6), (3, 2)])
def test_a_line_about_many_heads_tells_the_losses_alone(heads: int, measures: int) -> None:
    lines: list[str] = []
    told = EpochLines(1, lines.append, lambda amount: None)
    told.set_model(keras.Sequential())
    logs = {"loss": 0.5, **{f"head{number}_accuracy": 0.9 for number in range(heads)}}
    told.on_epoch_begin(0)
    told.on_epoch_end(0, {"learning_rate": 0.1, **logs, **{f"val_{name}": value for name, value in logs.items()}})
    (line,) = lines
    assert line.startswith("epoch 1/1: loss 0.5000, ")
    assert "validation loss 0.5000" in line
    assert line.count(",") + 1 == measures


def test_the_best_epoch_is_kept_and_early_stopping_saves_the_rest(tmp_path: Path) -> None:
    # Steps so large that the loss soon jumps about
    model, history, _ = fitted_heads(Schedule(60, learning_rate=3.0, patience=3), tmp_path)
    losses = history["validation_loss"]
    assert len(losses) < 60
    assert int(np.argmin(losses)) == len(losses) - 4
    rows, values = rare(400)
    found = model.evaluate(FeatureExamples(values, rows).once(), verbose=0, return_dict=True)["loss"]
    assert found == pytest.approx(min(losses), rel=1e-4)
    assert (tmp_path / "tensorboard").is_dir()
    assert len((tmp_path / "training.csv").read_text().splitlines()) == len(losses) + 1


def test_a_training_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    schedule = Schedule(3, learning_rate=0.01)
    first, history, _ = fitted_heads(schedule, tmp_path)
    again, remembered, lines = fitted_heads(schedule, tmp_path)
    assert remembered == history
    assert lines == ["going on after epoch 3 of 3"]
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), again.get_weights(), strict=True))


def test_the_learning_rate_falls_when_nothing_gets_better() -> None:
    _, history, _ = fitted_heads(Schedule(12, learning_rate=3.0))
    assert history["learning_rate"][-1] < history["learning_rate"][0]


def test_a_cosine_rises_then_falls_to_nothing() -> None:
    schedule = Schedule(1, learning_rate=0.1, shape="cosine")
    rate = schedule.rate(100)
    values = [float(rate(step)) for step in range(101)]  # type: ignore[operator]
    assert np.argmax(values) == 10
    assert max(values) == pytest.approx(0.1)
    assert values[-1] == pytest.approx(0, abs=1e-6)


def test_each_callback_is_there_when_it_is_wanted(tmp_path: Path) -> None:
    plain = {type(one).__name__ for one in keepers(tmp_path, Schedule(1), tensorboard=False)}
    assert plain == {"ReduceLROnPlateau"}
    stopping = replace(Schedule(1), patience=2, shape="cosine")
    assert {type(one).__name__ for one in keepers(tmp_path, stopping)} == {
        "EarlyStopping",
        "TensorBoard",
    }
