"""Every kind of head has its plots, each in a file of its name."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.plots import BAD_COLOUR
from aoi_modules.training.measuring.evaluation import Evaluation, choice_of, measure
from aoi_modules.training.reporting.figures import of_all_heads, plots_of, write_plots
from tests.training.small import DEFECT, SIDES, split

pytestmark = pytest.mark.slow

PRICE = Head(name="price", kind="value", labels=())
HISTORY = {"loss": [1.0, 0.5], "validation_loss": [1.1, 0.7]}
TABLES = split()


def defect(head: Head = DEFECT) -> Evaluation:
    """Scores that rise with the label, with some overlap."""
    target = replace(TABLES.test.main, name=head.name)
    scores = (0.25 + 0.5 * target.values + np.linspace(-0.3, 0.3, len(target.values)))[:, np.newaxis]
    answers = scores.astype(np.float32)
    return measure(head, answers, target, choice_of(head, answers, target, 0.1))


def sides() -> Evaluation:
    probabilities = np.tile(np.array([[0.8, 0.2], [0.3, 0.7]], np.float32), (20, 1))
    return measure(SIDES, probabilities, replace(TABLES.test.main, name="side", labels=SIDES.labels))


def price() -> Evaluation:
    values = np.linspace(100, 200, 40).astype(np.float32)
    return measure(PRICE, values[:, np.newaxis], Target("price", values))


def test_each_kind_of_head_has_the_plots_that_tell_about_it() -> None:
    assert set(plots_of(defect(), TABLES, "ci")) == {"predictions", "scores", "overkill_over_escape", "calibration"}
    assert set(plots_of(sides(), TABLES, "ci")) == {"predictions", "confusion", "calibration"}
    assert set(plots_of(price(), TABLES, "ci")) == {"predictions"}


def test_a_class_head_that_judges_has_the_plots_of_both() -> None:
    head = Head(name="side", kind="class", labels=("left", "right"), good=("left",))
    probabilities = np.tile(np.array([[0.8, 0.2], [0.3, 0.7]], np.float32), (20, 1))
    target = replace(TABLES.test.main, name="side", labels=head.labels)
    result = measure(head, probabilities, target, choice_of(head, probabilities, target, 0.1))
    assert set(plots_of(result, TABLES, "ci")) == {
        "predictions", "scores", "overkill_over_escape", "confusion", "calibration",
    }  # fmt: skip
    assert set(of_all_heads([result], TABLES, "ci")) == {"roc", "precision_recall"}


def test_pictures_about_which_the_model_is_wrong_come_first_and_are_marked() -> None:
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.5)
    answers = TABLES.test.labels.astype(np.float32)
    answers[[30, 35]] = 1 - answers[[30, 35]]
    result = Evaluation(head, answers[:, np.newaxis], TABLES.test.labels, np.arange(len(answers)))
    cells = plots_of(result, TABLES, "ci")["predictions"].axes
    assert [cell.get_title() for cell in cells[:3]] == [
        "good\n-> 1.00 FAIL", "defect\n-> 0.00 PASS", "good\n-> 0.00 PASS",
    ]  # fmt: skip
    assert [cell.title.get_color() == BAD_COLOUR for cell in cells[:3]] == [True, True, False]


def test_only_defect_heads_are_compared() -> None:
    assert set(of_all_heads([defect(), sides()], TABLES, "ci")) == {"roc", "precision_recall"}
    assert of_all_heads([sides(), price()], TABLES, "ci") == {}


def test_one_head_gives_plain_names_in_the_order_of_reading(tmp_path: Path) -> None:
    files = write_plots(tmp_path / "plots", TABLES, HISTORY, [defect()], "ci", ("mirror-sideways",))
    assert list(files) == [
        "predictions",
        "scores",
        "overkill_over_escape",
        "calibration",
        "roc",
        "precision_recall",
        "augmentation",
        "history",
    ]
    assert all(path == tmp_path / "plots" / f"{name}.png" for name, path in files.items())
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files.values())


def test_of_several_heads_each_file_names_its_head(tmp_path: Path) -> None:
    other = Head(name="scratch", kind="defect", labels=("good", "scratch"))
    files = write_plots(tmp_path / "plots", TABLES, HISTORY, [defect(), defect(other)], "ci")
    assert {"scores-defect", "scores-scratch", "roc", "history"} <= set(files)
    assert "augmentation" not in files
