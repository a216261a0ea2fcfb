"""`aoi export` as people call it."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError
from aoi_modules.modelstore import manifest
from aoi_modules.modelstore.golden import Golden
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


def test_golden_samples_are_ours_until_the_author_tells_his_own(models: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 24, 32, 3), np.uint8)
    scores = np.array(on_trunk("defect", 0)(images.astype("float32"), training=False)["defect"])
    np.savez(tmp_path / "right.npz", images=images, scores=scores + 5e-5)
    np.savez(tmp_path / "wrong.npz", images=images, scores=scores + 5e-3)
    own = export(models / "one.keras", tmp_path)
    assert "golden: own reading" in own.stdout
    told = export(models / "one.keras", tmp_path, f"--expect={tmp_path / 'right.npz'}")
    assert told.exit_code == 0, told.output
    assert "golden: author's scores" in told.stdout
    assert manifest.read(tmp_path / "ic" / "2").golden == "author's scores"
    np.testing.assert_array_equal(Golden.read(tmp_path / "ic" / "2").scores["defect"], scores + 5e-5)
    refused = export(models / "one.keras", tmp_path, f"--expect={tmp_path / 'wrong.npz'}")
    assert isinstance(refused.exception, AoiError)
    assert refused.exception.exit_code == 1
    assert f"the author's framework gave {scores[0, 0] + 5e-3:.6g}" in str(refused.exception)
    assert "--scaling" in str(refused.exception)
    assert not (tmp_path / "ic" / "3").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--expect=none.npz"], "--expect none.npz: no such file"),
        (["--expect=defect={file}"], "MODEL is read once; say --expect"),
        (["--size=defect=9x9"], "--size defect=9x9: MODEL is read once; say --size 9x9"),
        (["--expect={file}", "--sample={file}"], "--expect brings its own pictures"),
    ],
)
def test_a_command_that_contradicts_itself_is_refused(
    models: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    (tmp_path / "file.npz").write_bytes(b"")
    done = export(models / "one.keras", tmp_path, *(one.format(file=tmp_path / "file.npz") for one in options))
    assert done.exit_code == 2
    assert words in done.output
