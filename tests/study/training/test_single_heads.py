"""A model with several heads is taken apart into whole models that say the same and can be exported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import ModelError
from aoi_modules.export.model_sources import read
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.study.training.single_heads import taken_apart
from aoi_modules.tf import keras
from aoi_modules.training import recipes
from aoi_modules.training.run import train

pytestmark = pytest.mark.slow

BOARDS = recipes.by_name("deeppcb")
NAMES = [head.name for head in BOARDS.heads]


def table(rows: int) -> Table:
    random = np.random.default_rng(rows)
    return Table(
        pictures=random.integers(0, 256, (rows, 64, 64, 1), np.uint8),
        targets=tuple(Target(name, np.arange(rows) % 2, ("good", name)) for name in NAMES),
        ids=tuple(map(str, range(rows))),
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    split = Split(table(30), table(20), table(10), DataOrigin(name="deeppcb", sha256="1" * 64, stand_in=True))
    folder = tmp_path_factory.mktemp("six") / "all"
    recipe = replace(BOARDS, load=lambda *, train, test, seed: split)
    train(recipe, "ci", folder, backbone="mobilenet-0.25", epochs=1, fine_tune=0, draw=False, log=lambda line: None)
    return folder


def test_each_head_becomes_a_model_that_says_the_same(trained: Path, tmp_path: Path) -> None:
    taken_apart(trained, tmp_path)
    reports = taken_apart(trained, tmp_path)  # once more: what was there is replaced
    assert list(reports) == NAMES
    pictures = np.random.default_rng(0).uniform(0, 255, (4, 96, 96, 3)).astype(np.float32)
    together = keras.models.load_model(trained / "model.keras", compile=False)(pictures)
    for name, report in reports.items():
        path = tmp_path / name / "model.keras"
        scores = keras.models.load_model(path, compile=False)(pictures)
        assert list(scores) == [name]
        np.testing.assert_allclose(scores[name], together[name], atol=1e-6)
        assert report.model_sha256 == file_sha256(path)
        assert [head.name for head in report.heads] == [name]
        assert report.metrics["auroc"] == report.heads[0].metrics["auroc"]
        assert report.metrics["test_pictures"] == 10
        assert {one.head for one in report.classes} <= {name}
        assert {one.head for one in report.mistakes or ()} <= {name}


def test_such_a_model_is_read_with_its_threshold_and_samples(trained: Path, tmp_path: Path) -> None:
    reports = taken_apart(trained, tmp_path)
    source = read(tmp_path / "spur" / "model.keras")
    assert [head.threshold for head in source.heads] == [reports["spur"].heads[0].threshold]
    assert len(source.pictures) == len(reports["spur"].samples) > 0


def test_a_model_without_heads_on_features_is_refused(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "report.json").write_bytes((trained / "report.json").read_bytes())
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, name="score")]).save(folder / "model.keras")
    with pytest.raises(ModelError, match="last layer score"):
        taken_apart(folder, tmp_path / "out")
