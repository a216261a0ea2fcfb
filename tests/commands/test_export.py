"""`aoi export` as people call it."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError, NotEnoughMemory
from aoi_modules.modelstore import manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.tf import keras
from tests.export.networks import network, on_trunk

pytestmark = pytest.mark.slow


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


def test_a_head_of_several_classes_judges_by_its_good_labels(models: Path, tmp_path: Path) -> None:
    (tmp_path / "shapes.txt").write_text("dent\nok_round\nok_square\nscratch\n")
    (tmp_path / "colours.txt").write_text("red\ngreen\nblue\n")
    labels = [f"--labels={head}={tmp_path}/{head}s.txt" for head in ("shape", "colour")]
    done = export(models / "two.keras", tmp_path, *labels, "--good=colour=green", "--threshold=colour=0.3")
    assert done.exit_code == 0, done.output
    heads = {head.name: head for head in manifest.read(tmp_path / "ic" / "1").heads}
    assert (heads["shape"].good, heads["shape"].threshold) == (("ok_round", "ok_square"), 0.5)
    assert (heads["colour"].good, heads["colour"].threshold) == (("green",), 0.3)
    assert "colour: class, 3 labels, threshold 0.3, good: green" in done.stdout
    told = export(models / "two.keras", tmp_path, labels[0], "--no-good")
    assert told.exit_code == 0, told.output
    assert "shape: class, 4 labels, none of them good: it names classes and judges nothing" in told.stdout
    unknown = export(models / "two.keras", tmp_path, labels[1], "--threshold=colour=0.3")
    assert "which class is good? Their names do not tell: red, green, blue" in str(unknown.exception)
    assert "--good NAME names a class of good parts" in str(unknown.exception)
    assert "--no-good says that no class is good" in str(unknown.exception)
    nothing = export(models / "two.keras", tmp_path, labels[1], "--no-good", "--threshold=colour=0.3")
    assert "no class is good, so --threshold has nothing to judge" in str(nothing.exception)


def test_a_score_of_good_parts_becomes_one_of_defects(models: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("def_front\nok_front\n")
    images = np.random.default_rng(0).integers(0, 256, (2, 24, 32, 3), np.uint8)
    good_scores = np.array(on_trunk("defect", 0)(images.astype("float32"), training=False)["defect"])
    np.savez(tmp_path / "samples.npz", images=images, scores=good_scores)
    options = [f"--labels={tmp_path}/labels.txt", f"--expect={tmp_path}/samples.npz"]
    asked = export(models / "one.keras", tmp_path, *options)
    assert "if a high score means ok_front, say so: --good ok_front" in str(asked.exception)
    done = export(models / "one.keras", tmp_path, *options, "--good=ok_front")
    assert done.exit_code == 0, done.output
    assert manifest.read(tmp_path / "ic" / "1").head("defect").labels == ("ok_front", "def_front")
    np.testing.assert_allclose(Golden.read(tmp_path / "ic" / "1").scores["defect"], 1 - good_scores, atol=1e-6)


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


def test_a_model_that_does_not_fit_into_memory_is_a_sentence_with_a_way_out(tmp_path: Path) -> None:
    image = keras.Input((24, 32, 3))
    huge = keras.layers.GlobalAveragePooling2D()(keras.layers.UpSampling2D(1_000_000)(image))
    keras.Model(image, keras.layers.Dense(1, "sigmoid", name="defect")(huge)).save(tmp_path / "huge.keras")
    done = export(tmp_path / "huge.keras", tmp_path)
    assert isinstance(done.exception, NotEnoughMemory)
    assert "memory does not suffice for a servable of huge.keras for pictures of 32 x 24: " in str(done.exception)
    assert "less: --size" in str(done.exception)
    assert not (tmp_path / "ic" / "1").exists()


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
