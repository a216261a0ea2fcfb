"""Trainings from data to folder, on small pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pytest

from aoi_modules.datasets.batches import pixels
from aoi_modules.datasets.table import Table, Target
from aoi_modules.errors import ModelError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.unfinished import KEPT_MODEL, folder_of
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.reporting import figures
from aoi_modules.training.run import train
from tests.training.small import DEFECT, PICTURE, SIDES, split

pytestmark = pytest.mark.slow

TINY = replace(profiles.by_name("ci"), name="tiny", epochs=3, head_epochs=10, batch_size=16)
RECIPES = {
    "sides": replace(
        recipes.by_name("fashion-mnist"),
        name="sides",
        load=lambda **limits: split(SIDES),
        picture_input=PICTURE,
        heads=(SIDES,),
    ),
    "squares": replace(
        recipes.by_name("magnetic-tile"),
        name="squares",
        load=lambda **limits: split(),
        picture_input=PICTURE,
        heads=(DEFECT,),
    ),
}


@dataclass(frozen=True)
class Trained:
    """A folder that a training wrote, what it gave back, and the lines it said."""

    out: Path
    report: TrainingReport
    lines: list[str]


@pytest.fixture(autouse=True, scope="module")
def small_recipes(bare_machine: None) -> Iterator[None]:
    """A bare machine, with the small recipes beside the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        for name, recipe in RECIPES.items():
            patch.setitem(recipes.RECIPES, name, recipe)
        patch.setitem(profiles.PROFILES, "tiny", TINY)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    """Each small recipe, trained once."""
    found = {}
    for name in RECIPES:
        out, lines = tmp_path_factory.mktemp(name) / "out", list[str]()
        found[name] = Trained(out, train(name, "tiny", out, seed=3, log=lines.append), lines)
    return found


@pytest.mark.parametrize(
    ("name", "plots"),
    [("sides", {"confusion"}), ("squares", {"scores", "roc", "precision_recall", "overkill_over_escape"})],
)
def test_writes_everything_that_belongs_to_a_model(trained: dict[str, Trained], name: str, plots: set[str]) -> None:
    out, written, lines = trained[name].out, trained[name].report, trained[name].lines
    assert training_report.read(out) == written
    expected = {"history", "predictions", "calibration"} | plots
    assert {path.stem for path in (out / "plots").iterdir()} == expected
    assert (out / "report.html").is_file()
    assert any(path.name.startswith("training") for path in out.glob("*.csv"))
    assert list((out / "tensorboard").rglob("events.out.tfevents.*"))
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert written.model_sha256 == file_sha256(out / "model.keras")
    assert (written.recipe, written.profile, written.seed, written.weights) == (name, "tiny", 3, "random")
    assert written.data.stand_in
    assert any("stand-in data" in note for note in written.notes)
    assert "stand-in data" in lines[0]
    assert any(line.startswith("epoch ") for line in lines)


def test_the_same_seed_gives_the_same_figures_and_plots_can_be_left_out(
    trained: dict[str, Trained], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    again = train("squares", "tiny", out, seed=3, draw=False, log=lambda line: None)
    assert again.heads == trained["squares"].report.heads
    assert (out / "report.html").is_file()
    assert not (out / "plots").exists()


def test_the_saved_model_gives_the_reported_figures(trained: dict[str, Trained]) -> None:
    written = trained["squares"].report
    (head,) = written.heads
    model = keras.models.load_model(trained["squares"].out / "model.keras")
    test = RECIPES["squares"].split(TINY, 3).test
    scores = np.asarray(model(pixels(test, PICTURE))["defect"])[:, 0]
    assert head.threshold is not None
    passed = [score <= head.threshold for score, label in zip(scores, test.labels, strict=True) if label]
    assert head.metrics["escape_rate"] == pytest.approx(np.mean(passed))
    assert len(written.samples) >= 8
    assert {sample.label for sample in written.samples} == {"good", "defect"}


def test_the_report_says_what_the_training_pictures_were_like(trained: dict[str, Trained]) -> None:
    for name, expected in (("sides", 96), ("squares", 48)):
        reference = trained[name].report.reference
        assert reference is not None
        assert reference.pictures == expected, "all where nothing judges, else the good ones"
        assert 0.1 < reference.brightness.mean < 0.4


def test_samples_are_scored_as_the_pictures_they_came_from(trained: dict[str, Trained]) -> None:
    out, samples = trained["sides"].out, trained["sides"].report.samples
    model = keras.models.load_model(out / "model.keras")
    encoded = tuple((out / sample.file).read_bytes() for sample in samples)
    truth = np.array([SIDES.labels.index(sample.label) for sample in samples])
    table = Table(encoded, (Target(SIDES.name, truth, SIDES.labels),), tuple(sample.file for sample in samples))
    answers = np.asarray(model(pixels(table, PICTURE))["side"]).argmax(axis=1)
    assert np.mean(answers == truth) > 0.8


def test_a_last_step_that_fails_costs_no_learning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a fault in a plot does, or whoever loses patience while the page is written."""
    out, lines = tmp_path / "out", list[str]()

    def fail(*_: object) -> dict[str, Path]:
        raise ValueError("no such colour")

    with monkeypatch.context() as patch:
        patch.setattr(figures, "write_plots", fail)
        with pytest.raises(ValueError, match="no such colour") as caught:
            train("squares", "tiny", out, seed=3, log=lambda line: None)
    kept = folder_of(out) / KEPT_MODEL
    assert caught.value.__notes__ == [f"the model is kept: {kept}; the same command goes on from it"]
    model = file_sha256(kept)
    with pytest.raises(ModelError, match="the model of a training that was not written to its end") as refused:
        train("squares", "tiny", out, seed=4, log=lambda line: None)
    assert "restart=True" in refused.value.hint
    report = train("squares", "tiny", out, seed=3, log=lines.append)
    assert report.model_sha256 == file_sha256(out / "model.keras") == model
    assert not any(line.startswith("epoch") for line in lines)
    assert any(path.name.startswith("training") for path in out.glob("*.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_bad_call_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("")
    for name, profile, out in (
        ("castles", "ci", tmp_path / "x"),
        ("sides", "huge", tmp_path / "x"),
        ("sides", "tiny", tmp_path),
    ):
        with pytest.raises(ModelError):
            train(name, profile, out)


@pytest.mark.parametrize("recipe", [recipe for recipe in recipes.RECIPES.values() if recipe.name not in RECIPES])
def test_the_real_recipes_ask_their_sets_for_the_profiles_sizes(recipe: Recipe) -> None:
    tables = recipe.split(replace(TINY, train=120, test=60), 0)
    assert (len(tables.train), len(tables.test)) == (120, 60)
    assert [target.labels for target in tables.train.targets] == [head.labels for head in recipe.heads]


def test_the_report_counts_classes_and_lists_the_wrong_pictures(trained: dict[str, Trained]) -> None:
    written = trained["squares"].report
    (head,) = written.heads
    assert written.counts == {
        "good": {"train": 48, "validation": 20, "test": 20},
        "defect": {"train": 48, "validation": 20, "test": 20},
    }
    assert written.mistakes is not None
    kinds = [one.kind for one in written.mistakes]
    assert kinds.count("escaped") == round(head.metrics["escape_rate"] * 20)
    assert kinds.count("overkilled") == round(head.metrics["overkill_rate"] * 20)
    assert {one.picture for one in written.mistakes} <= set(RECIPES["squares"].split(TINY, 3).test.ids)
    assert [(one.name, one.good, one.pictures) for one in written.classes] == [
        ("good", True, 20),
        ("defect", False, 20),
    ]
    names = {one.kind for one in trained["sides"].report.mistakes or ()}
    assert names <= {"mislabelled"}


def test_too_few_defects_for_the_escape_rate_are_said(trained: dict[str, Trained], tmp_path: Path) -> None:
    assert not any("cannot promise" in note for note in trained["squares"].report.notes)
    written = train("squares", "tiny", tmp_path / "out", seed=3, draw=False, log=lambda line: None, escape_target=0.02)
    assert any("20 defective validation pictures cannot promise 2% escapes" in note for note in written.notes)
