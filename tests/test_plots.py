"""Plots say what they show, and on which data."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from matplotlib.text import Text

from aoi_modules import plots
from aoi_modules.plots import Plot
from aoi_modules.verdict import Rate
from tests.training.small import DEFECT, ORIGIN, SIDES, table

pytestmark = pytest.mark.slow

REAL = msgspec.structs.replace(ORIGIN, stand_in=False)
HISTORY = {"loss": [1.0, 0.5], "validation_loss": [1.1, 0.7], "accuracy": [0.5, 0.8]}
COUNTS = np.array([[5, 1], [0, 4]], np.int64)
SCORES = np.linspace(0, 1, 40, dtype=np.float32)


def texts(plot: Plot) -> str:
    return "\n".join(text.get_text() for text in plot.findobj(Text) if isinstance(text, Text))


def test_a_title_names_profile_and_stand_in() -> None:
    assert plots.title_of("Scores", REAL) == "Scores"
    assert plots.title_of("Scores", REAL, "ci") == "Scores (profile ci)"
    assert plots.title_of("Scores", ORIGIN, "ci") == "Scores (profile ci, stand-in data)"


def made(origin: object) -> dict[str, Plot]:
    rows = table(7, 0)
    where = REAL if origin is REAL else ORIGIN
    return {
        "gallery": plots.gallery([rows.picture(i) for i in range(7)], [str(i) for i in range(7)], where),
        "history": plots.history(HISTORY, where, profile="ci"),
        "confusion": plots.confusion(COUNTS, SIDES.labels, where, profile="ci"),
        "scores": plots.scores(
            SCORES, rows.labels[np.arange(40) % 2], 0.4, where, profile="ci", escape=Rate(1, 20), overkill=Rate(2, 20)
        ),
        "predictions": plots.predictions(rows, SCORES[:7, np.newaxis], DEFECT, where, profile="ci"),
    }


@pytest.mark.parametrize("name", ["gallery", "history", "confusion", "scores", "predictions"])
def test_every_plot_names_drawn_data_and_only_that(name: str, tmp_path: Path) -> None:
    assert texts(made(ORIGIN)[name]).count(plots.STAND_IN) == 1
    assert plots.STAND_IN not in texts(made(REAL)[name])
    made(ORIGIN)[name].savefig(tmp_path / "plot.png")
    assert made(ORIGIN)[name]._repr_png_().startswith(b"\x89PNG")


def test_scores_show_threshold_and_rates() -> None:
    text = texts(made(REAL)["scores"])
    assert "threshold 0.400" in text
    assert "escape rate 5.0% (1 of 20" in text
    assert "overkill rate 10.0% (2 of 20" in text


def test_predictions_show_truth_and_verdict() -> None:
    head = msgspec.structs.replace(DEFECT, threshold=0.1)
    text = texts(plots.predictions(table(7, 0), SCORES[:7, np.newaxis], head, REAL))
    assert "good\n-> 0.00 PASS" in text
    assert "defect\n-> 0.13 FAIL" in text
    sides = texts(plots.predictions(table(2, 0, SIDES), np.array([[0.9, 0.1], [0.2, 0.8]], np.float32), SIDES, REAL))
    assert "left\n-> left 90%" in sides
    assert "right\n-> right 80%" in sides


def test_an_empty_gallery_is_a_picture_too() -> None:
    assert plots.gallery([], [], REAL)._repr_png_()
