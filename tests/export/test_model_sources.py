from pathlib import Path

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.model_sources import default_head, load_network, read_keras
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras
from tests.export.networks import DEFECT, network


def test_a_model_without_report_gets_a_head_by_its_output(model_file: Path) -> None:
    source = read_keras(model_file)
    assert source.heads[0].name == "defect"
    assert source.heads[0].kind == "defect"
    assert source.picture == PictureInput(height=24, width=32, channels=3)
    assert (source.data, source.profile, source.pictures) == (None, None, ())


def test_a_described_head_wins(model_file: Path) -> None:
    assert read_keras(model_file, head=DEFECT).heads == (DEFECT,)


def test_a_missing_file_says_who_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aoi train"):
        load_network(tmp_path / "model.keras")


@pytest.mark.parametrize(("name", "words"), [("model.h5", r"expected a \.keras file"), ("model.keras", "not readable")])
def test_a_file_that_is_no_keras_model_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(ModelError, match=words) as caught:
        load_network(tmp_path / name)
    assert name in str(caught.value)


def test_code_inside_a_model_file_is_not_run(tmp_path: Path) -> None:
    image = keras.Input((8, 8, 1), name="image")
    flat = keras.layers.Flatten()(keras.layers.Lambda(lambda x: x + 1)(image))
    keras.Model(image, keras.layers.Dense(1)(flat)).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match="not readable as a Keras model"):
        load_network(tmp_path / "model.keras")


@pytest.mark.parametrize("shape", [(None, None, 3), (8, 8, 4), (64,)])
def test_a_model_that_takes_no_pictures_is_refused(tmp_path: Path, shape: tuple[int | None, ...]) -> None:
    numbers = keras.Input(shape, name="image")
    keras.Model(numbers, keras.layers.Identity()(numbers)).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"expected one input of shape \(N, height, width, 1 or 3\)"):
        read_keras(tmp_path / "model.keras")


def test_several_outputs_need_a_report(tmp_path: Path) -> None:
    network({"open": 1, "kind": 3}).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"has the outputs .*open.* no report\.json"):
        read_keras(tmp_path / "model.keras")


@pytest.mark.parametrize(
    ("units", "kind", "labels", "expected"),
    [
        (1, None, (), ("defect", ("good", "scratch"))),
        (3, None, (), ("class", ("0", "1", "2"))),
        (3, "class", ("a", "b", "c"), ("class", ("a", "b", "c"))),
        (1, "value", (), ("value", ())),
    ],
)
def test_heads_follow_from_units(
    units: int, kind: str | None, labels: tuple[str, ...], expected: tuple[str, tuple[str, ...]]
) -> None:
    head = default_head("scratch", units, kind=kind, labels=labels)  # type: ignore[arg-type]
    assert (head.kind, head.labels) == expected


def test_labels_that_do_not_fit_are_counted() -> None:
    with pytest.raises(ModelError, match=r"expected 3 labels for a class head\. Received: 2"):
        default_head("kind", 3, kind=None, labels=("a", "b"))
