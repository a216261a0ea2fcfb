"""Lesson 6: what was published is looked into, and typical mistakes get the hint that fits them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replace_field

from aoi_modules.course.checks import judge
from aoi_modules.export.servable import Servable
from aoi_modules.modelstore import manifest
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.modelstore.version_dir import staged
from aoi_modules.tf import keras, tf
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("6.2", {"input": "image", "dtype": "string", "outputs": ["category"]}),
        ("6.2", {"input": "image", "dtype": tf.string, "outputs": ("category",)}),
        ("6.2", {"input": "image", "dtype": "string", "outputs": "category"}),
        ("6.6", {"changed": 12.0, "merged": np.int64(39)}),
        ("6.6", {"changed": 12, "merged": 39}),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("6.2", {"input": "image", "dtype": "uint8", "outputs": ["category"]}, "encoded bytes"),
        ("6.2", {"input": "x", "dtype": "string", "outputs": ["category"]}, "input"),
        ("6.2", {"input": "image", "dtype": "string", "outputs": ["output_0"]}, "outputs"),
        ("6.3", Path("nowhere"), "no folder"),
        ("6.3", 2, "path of a version directory"),
        ("6.3", "models/tile/2", "no folder"),
        ("6.5", Path("nowhere"), "no folder"),
        ("6.5", ["models/pair/1"], "path of a version directory"),
        ("6.6", {"changed": None, "merged": 39}, "changed: found None"),
        ("6.6", {"changed": 6, "merged": 39}, "two convolutions"),
        ("6.6", {"changed": 10, "merged": 37}, "its block counts"),
        ("6.6", {"changed": 15, "merged": 42}, "the lower ones stay"),
        ("6.6", {"changed": 3, "merged": 39}, "up to conv_pw_13"),
        ("6.6", {"changed": 12, "merged": 27}, "there twice"),
        ("6.6", {"changed": 12, "merged": 54}, "still are"),
        ("6.6", {"changed": 12, "merged": 162}, "still are"),
        ("6.6", {"changed": 12, "merged": 87}, "share theirs"),
        ("6.6", {"changed": 12, "merged": 40}, "the one trunk of five heads"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def publish(folder: Path, version: int, *thresholds: float, names: tuple[str, ...] = ("defect",)) -> Path:
    heads = tuple(
        Head(name=name, kind="defect", labels=("good", name), threshold=threshold)
        for name, threshold in zip(names, thresholds, strict=True)
    )
    described = Manifest(
        component="tile", version=version, heads=heads, picture=PictureInput(height=8, width=8, channels=3)
    )
    with staged(folder, version) as staging:
        described.write(staging)
    return folder / str(version)


def test_a_new_version_beside_the_old_one_passes(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    passes("6.3", publish(tmp_path, 2, 0.2))


def test_any_form_of_the_folder_passes(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    folder = publish(tmp_path, 2, 0.2)
    passes("6.3", str(folder))
    passes("6.3", Servable(folder, manifest.read(folder), 0.0))


def test_a_second_try_after_a_wrong_one_passes(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    gets_hint("6.3", publish(tmp_path, 2, 0.3), "your next try writes the next version")
    passes("6.3", publish(tmp_path, 3, 0.2))


def test_the_first_version_and_the_folder_above_are_no_answer(tmp_path: Path) -> None:
    gets_hint("6.3", publish(tmp_path, 1, 0.2), "a version never changes")
    gets_hint("6.3", tmp_path, "the folder above its versions")


def test_a_version_far_from_the_first_one_is_named(tmp_path: Path) -> None:
    gets_hint("6.3", publish(tmp_path, 2, 0.2), "beside version 1")


def test_a_changed_version_is_noticed(tmp_path: Path) -> None:
    first = publish(tmp_path, 1, 0.5)
    second = publish(tmp_path, 2, 0.2)
    described = manifest.read(first)
    stricter = replace_field(described, heads=(replace_field(described.heads[0], threshold=0.2),))
    stricter.write(first)
    assert not judge("6.3", second)[0]


def test_the_wrong_threshold_is_named(tmp_path: Path) -> None:
    publish(tmp_path, 1, 0.5)
    gets_hint("6.3", publish(tmp_path, 2, 0.3), "0.3")


@pytest.mark.parametrize("names", [("short", "open"), ("open", "short")])
def test_two_heads_with_the_wanted_thresholds_pass(tmp_path: Path, names: tuple[str, ...]) -> None:
    thresholds = {"short": 0.3, "open": 0.6}
    passes("6.5", publish(tmp_path, 1, *(thresholds[name] for name in names), names=names))


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ({"short": 0.3}, "two calls write two versions"),
        ({"short": 0.3, "open": 0.6, "spur": 0.5}, "expected short and open"),
        ({"short": 0.3, "open": 0.5}, "a Wish says it"),
        ({"defect": 0.3}, "expected short and open"),
    ],
)
def test_other_heads_or_thresholds_are_named(tmp_path: Path, heads: dict[str, float], words: str) -> None:
    gets_hint("6.5", publish(tmp_path, 1, *heads.values(), names=tuple(heads)), words)


@pytest.fixture(scope="module")
def shirts() -> keras.Model:
    """As the model of lesson 5a: gray, 0 to 255, scaled inside."""
    keras.utils.set_random_seed(6)
    image = keras.Input((28, 28, 1), name="image")
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(image))
    return keras.Model(image, {"category": keras.layers.Dense(10, activation="softmax")(x)})


def decoded(encoded: tf.Tensor) -> tf.Tensor:
    return tf.image.resize(tf.io.decode_png(encoded, channels=1), (28, 28))


BATCH = tf.TensorSpec((None,), tf.string, name="image")


def written(
    folder: Path,
    model: keras.Model,
    answer: Callable[[tf.Tensor], object],
    spec: tf.TensorSpec = BATCH,
    name: str = "serving_default",
) -> dict[str, object]:
    """An answer to 6.1: the model behind a signature."""

    def scores(image: tf.Tensor) -> object:
        return answer(tf.map_fn(decoded, image, fn_output_signature=tf.TensorSpec((28, 28, 1), tf.float32)))

    module = tf.Module()
    module.model = model
    graph = tf.function(scores if spec.dtype == tf.string and spec.shape.rank == 1 else answer, input_signature=[spec])
    tf.saved_model.save(module, str(folder), signatures={name: graph})
    return {"model": model, "folder": folder}


def test_a_signature_of_ones_own_passes_and_may_be_written_again(tmp_path: Path, shirts: keras.Model) -> None:
    gets_hint("6.1", written(tmp_path / "1", shirts, lambda x: {"scores": shirts(x)["category"]}), "found scores")
    answer = written(tmp_path / "1", shirts, shirts)
    passes("6.1", answer)
    passes("6.1", {**answer, "folder": str(tmp_path / "1")})


def test_a_wrong_signature_gets_its_hint(tmp_path: Path, shirts: keras.Model) -> None:
    def tried(answer: Callable[[tf.Tensor], object], **changes: Any) -> dict[str, object]:
        return written(tmp_path / str(len(list(tmp_path.iterdir()))), shirts, answer, **changes)

    floats = tf.TensorSpec((None, 28, 28, 1), tf.float32, name="image")
    other_name = tf.TensorSpec((None,), tf.string, name="encoded")
    two = tf.TensorSpec((2,), tf.string, name="image")
    one = tf.TensorSpec((), tf.string, name="image")
    gets_hint("6.1", tried(lambda x: shirts(x / 255)), "were divided by 255")
    gets_hint("6.1", tried(lambda x: shirts(x)["category"]), "Return a dict")
    gets_hint("6.1", tried(lambda x: shirts(x[:1])), "for 3 pictures, and the Keras model gives other scores")
    gets_hint("6.1", tried(shirts, spec=floats), "a camera sends encoded bytes")
    gets_hint("6.1", tried(shirts, spec=other_name), "expected image alone")
    gets_hint("6.1", tried(shirts, spec=two), "found 2 pictures a call")
    gets_hint("6.1", tried(lambda x: shirts(decoded(x)[None]), spec=one), "expected (None,)")
    gets_hint("6.1", tried(shirts, name="classify"), "the one that a server runs")
    gets_hint("6.1", {"model": shirts, "folder": tmp_path}, "found no saved_model.pb")
    gets_hint("6.1", {"model": "fashion", "folder": tmp_path}, "leave it as it is")


def test_a_picture_that_is_not_resized_is_noticed(tmp_path: Path, shirts: keras.Model) -> None:
    @tf.function(input_signature=[BATCH])
    def unsized(image: tf.Tensor) -> object:
        spec = tf.TensorSpec((None, None, 1), tf.uint8)
        pixels = tf.map_fn(lambda one: tf.io.decode_png(one, 1), image, fn_output_signature=spec)
        return shirts(tf.ensure_shape(tf.cast(pixels, tf.float32), (None, 28, 28, 1)))

    module = tf.Module()
    module.model = shirts
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": unsized})
    gets_hint("6.1", {"model": shirts, "folder": tmp_path}, "3 pictures: the graph fails")


@pytest.fixture(scope="module")
def boards() -> dict[str, keras.Model]:
    """Two models with equal trunks, as those of the circuit boards."""
    found = {}
    for seed, name in enumerate(("spur", "copper")):
        keras.utils.set_random_seed(0)
        image = keras.Input((16, 16, 3), name="image")
        maps = keras.layers.Conv2D(64, 3, activation="relu")(keras.layers.Rescaling(1 / 255)(image))
        trunk = keras.layers.GlobalAveragePooling2D()(maps)
        keras.utils.set_random_seed(seed)
        features = keras.Input((64,), name="picture_features")
        score = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="random_normal", name=name)(features)
        heads = keras.Model({"picture_features": features}, {name: score}, name="heads")
        found[name] = keras.Model(image, heads({"picture_features": trunk}), name="model")
    return found


def copies(boards: dict[str, keras.Model]) -> tuple[keras.Model, keras.Model]:
    """The same models again, under names that can be in one model."""
    found = []
    for name in ("spur", "copper"):
        model = keras.models.clone_model(boards[name])
        model.set_weights(boards[name].get_weights())
        model.name = name
        model.get_layer("heads").name = f"{name}_heads"
        found.append(model)
    return found[0], found[1]


def one_trunk(spur: keras.Model, copper: keras.Model) -> dict[str, keras.KerasTensor]:
    features = {"picture_features": spur.layers[-2].output}
    return {**spur.output, **copper.get_layer("copper_heads")(features)}


def merged(boards: dict[str, keras.Model], image: object, outputs: object, folder: Path) -> dict[str, object]:
    """An answer to 6.4."""
    keras.Model(image, outputs).export(folder, verbose=False)
    return {**boards, "folder": folder}


def test_a_merge_with_one_trunk_passes_and_may_be_written_again(tmp_path: Path, boards: dict[str, keras.Model]) -> None:
    for _ in range(2):
        spur, copper = copies(boards)
        passes("6.4", merged(boards, spur.input, one_trunk(spur, copper), tmp_path))


def test_a_wrong_merge_gets_its_hint(tmp_path: Path, boards: dict[str, keras.Model]) -> None:
    spur, copper = copies(boards)
    image, right = spur.input, one_trunk(spur, copper)
    turned = {"spur": right["copper"], "copper": right["spur"]}
    other = {**right, "copper": keras.layers.Dense(1)(spur.layers[-2].output)}
    gets_hint("6.4", {**boards, "folder": tmp_path / "nowhere"}, "found no saved_model.pb")
    gets_hint("6.4", merged(boards, image, spur.output, tmp_path / "1"), "found spur, expected copper and spur")
    gets_hint("6.4", merged(boards, image, list(right.values()), tmp_path / "2"), "Return a dict")
    gets_hint("6.4", merged(boards, image, turned, tmp_path / "3"), "spur gives the scores of copper")
    gets_hint("6.4", merged(boards, image, other, tmp_path / "4"), "copper: other scores")
    spur, copper = copies(boards)
    seen = keras.Input((16, 16, 3), name="image")
    twice = {**spur(seen), **copper(seen)}
    gets_hint("6.4", merged(boards, seen, twice, tmp_path / "5"), "the trunk is there twice")
    second = keras.Input((16, 16, 3), name="second")
    apart = {**spur(seen), **copper(second)}
    gets_hint("6.4", merged(boards, {"image": seen, "second": second}, apart, tmp_path / "6"), "so there is one")


@given(
    st.sampled_from(["6.1", "6.2", "6.3", "6.4", "6.5", "6.6"]),
    weird(("input", "dtype", "outputs"), ("changed", "merged"), ("model", "folder"), ("spur", "copper", "folder")),
)
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
