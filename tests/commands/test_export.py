"""`aoi export` as people call it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError
from aoi_modules.modelstore import manifest
from aoi_modules.tf import keras
from tests.export.networks import network, on_trunk


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    network({"colour": 3, "shape": 4}).save(folder / "two.keras")
    on_trunk("defect", 0).save(folder / "one.keras")
    image = keras.Input((None, None, 3))
    pooled = keras.layers.GlobalMaxPooling2D()(image)
    keras.Model(image, keras.layers.Dense(1)(pooled)).save(folder / "any.keras")
    code = keras.layers.Lambda(lambda x: x * 2)(keras.layers.Dense(1)(pooled))
    keras.Model(image, code).save(folder / "code.keras")
    return folder


def export(model: Path, base_path: Path, *options: object) -> Result:
    arguments = ["export", model, "--name", "ic", "--base-path", base_path, *options]
    return CliRunner().invoke(aoi, [str(argument) for argument in arguments])


def test_outputs_are_named_and_chosen(models: Path, tmp_path: Path) -> None:
    done = export(models / "two.keras", tmp_path, "--head=tint=colour", "--kind=tint=class")
    assert done.exit_code == 0, done.output
    assert [head.name for head in manifest.read(tmp_path / "ic" / "1").heads] == ["tint"]


def test_a_threshold_alone_chooses_no_heads(models: Path, tmp_path: Path) -> None:
    done = export(models / "one.keras", tmp_path, "--threshold=0.25")
    assert done.exit_code == 0, done.output
    assert manifest.read(tmp_path / "ic" / "1").head("defect").threshold == 0.25
    assert "threshold 0.25" in done.stdout


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (
            "one",
            ["--precision=float16", "--no-freeze"],
            "--precision float16: is one of constants, and --no-freeze keeps",
        ),
        (
            "one",
            ["--kind=class", "--labels={labels}"],
            "--labels: expected 1 labels for the class head defect. Received: 2",
        ),
        (
            "two",
            ["--kind=colour=defect"],
            "--kind: a defect head has one unit. Received: defect for colour, which has 3",
        ),
        ("two", ["--head=x=taste"], "--head NAME[=OUTPUT] names one of them"),
        ("two", ["--head=a=shape", "--head=b=shape"], "--head: two names for one output"),
        ("two", ["--outputs=taste"], "expected --outputs of colour, shape. Received: taste"),
        ("one", ["--features=area"], "--features: "),
        ("one", ["--size=9x9"], "takes pictures of 24 x 32. Received: --size 9x9"),
        ("any", [], "say which: --size HxW"),
        ("code", ["--size=9x9"], "if you trust whoever made the file: --allow-lambda"),
    ],
)
def test_errors_of_the_library_name_flags(
    models: Path, tmp_path: Path, model: str, options: list[str], words: str
) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("good\nbad\n")
    done = export(models / f"{model}.keras", tmp_path, *(option.format(labels=labels) for option in options))
    assert isinstance(done.exception, AoiError)
    assert done.exception.exit_code == 1
    assert words in str(done.exception)
    assert "`" not in str(done.exception)
