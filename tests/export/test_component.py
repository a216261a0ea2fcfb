"""Several models as one servable."""

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import ModelError
from aoi_modules.export.component import Component
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.heads import default_head
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import describe, write_servable
from aoi_modules.export.verification import decoded_pixels
from aoi_modules.modelstore import golden, layout, manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin, PictureInput
from aoi_modules.modelstore.reference import Reference
from aoi_modules.pictures.quality import Quality
from aoi_modules.tf import keras, tf
from tests.export.networks import on_trunk, priced, trunk

pytestmark = pytest.mark.slow

TILES = DataOrigin(name="tiles", sha256="1", stand_in=True)


def source(model: keras.Model, *, features: tuple[str, ...] = (), data: DataOrigin | None = TILES) -> ModelSource:
    network = network_of(model)
    heads = tuple(default_head(name, units) for name, units in network.outputs.items())
    return ModelSource(
        network, heads, name=f"{heads[0].name}.keras", sha256=heads[0].name, data=data, features=features
    )


def photograph(height: int, width: int, seed: int = 0) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def frozen(version: Path) -> Counter[str]:
    graph = GraphDef.FromString((version / layout.PIXELS_FILE).read_bytes())
    return Counter(node.op for node in graph.node)


def convolutions(version: Path) -> int:
    found = frozen(version)
    return found["Conv2D"] + found["DepthwiseConv2dNative"]


def size(version: Path) -> int:
    return (version / "saved_model.pb").stat().st_size


def test_a_head_that_judges_gives_probabilities() -> None:
    softmax = source(on_trunk("kind", 0, units=3))
    logits = source(logits_on_trunk())
    for model in (softmax, logits):
        assert Component.of([model]).golden().scores.keys() == {"kind"}, "what only names classes may give any numbers"
    judging = [msgspec.structs.replace(softmax.heads[0], good=("0",), threshold=0.5)]
    assert Component.of([replace(softmax, heads=tuple(judging))]).golden().scores.keys() == {"kind"}
    with pytest.raises(ModelError, match=r"head kind: expected probabilities.*\n.*softmax.*`good=\(\)`"):
        Component.of([replace(logits, heads=tuple(judging))]).golden()


def logits_on_trunk() -> keras.Model:
    start = keras.Input((24, 32, 3))
    values = keras.layers.Dense(3, name="kind", bias_initializer=keras.initializers.Constant(2.0))(trunk()(start))
    return keras.Model(start, {"kind": values})


@pytest.fixture(scope="module")
def four() -> list[ModelSource]:
    return [source(on_trunk(name, seed)) for seed, name in enumerate(("short", "open", "spur", "hole"))]


@pytest.fixture(scope="module")
def one_version(four: list[ModelSource], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_servable(four[0], "pcb", tmp_path_factory.mktemp("one")).path


@pytest.fixture(scope="module")
def version(four: list[ModelSource], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_servable(four, "pcb", tmp_path_factory.mktemp("four")).path


def test_one_trunk_is_computed_and_stored_once(version: Path, one_version: Path) -> None:
    assert convolutions(version) == convolutions(one_version) == 4
    assert frozen(version)["MatMul"] == 4
    assert "FusedBatchNormV3" not in frozen(version)


def test_every_head_scores_as_its_own_model(four: list[ModelSource], version: Path) -> None:
    pictures = [photograph(24, 32), photograph(50, 40, seed=1)]
    answers = tf.saved_model.load(str(version)).signatures["serving_default"](image=tf.constant(pictures))
    assert set(answers) == {"short", "open", "spur", "hole"}
    for one in four:
        head = one.heads[0].name
        np.testing.assert_allclose(answers[head], one.scores(pictures)[head], atol=1e-5)


def test_the_manifest_knows_where_each_head_came_from(version: Path) -> None:
    described = manifest.read(version)
    assert [head.name for head in described.heads] == ["short", "open", "spur", "hole"]
    assert {one.file: (one.heads, one.sha256) for one in described.sources}["spur.keras"] == (("spur",), "spur")
    assert (described.data, described.source_sha256) == (TILES, "")


def test_the_manifest_joins_what_the_models_learnt_from(four: list[ModelSource]) -> None:
    dark, bright = (Reference.of([Quality(level, 20.0)] * 3) for level in (0.2, 0.8))
    short, spur = replace(four[0], reference=dark), replace(four[2], reference=bright)
    described = describe(Component.of([short, four[1], spur]), "pcb", 1)
    assert [one.reference for one in described.sources] == [dark, None, bright]
    assert described.reference == Reference.joined([dark, bright])
    assert described.reference is not None
    assert described.reference.pictures == 6
    assert described.reference.brightness.mean == pytest.approx(0.5)
    assert describe(Component.of(four), "pcb", 1).reference is None


def test_the_manifest_joins_the_units_that_the_models_learnt_from(four: list[ModelSource]) -> None:
    one, other = (LearntUnits.of("line", learnt=[16 * digit], held_out=["c" * 16]) for digit in "ab")
    both = [replace(four[0], units=one), replace(four[1], units=other)]
    joined = describe(Component.of(both), "pcb", 1).units
    assert joined == LearntUnits.joined([one, other])
    assert describe(Component.of([*both, four[2]]), "pcb", 1).units is None


def test_the_order_of_heads_changes_nothing_but_the_order(
    four: list[ModelSource], version: Path, tmp_path: Path
) -> None:
    turned = write_servable(four[::-1], "pcb", tmp_path).path
    assert frozen(turned) == frozen(version)
    assert abs(size(turned) - size(version)) < 0.02 * size(version)
    scores, expected = (Golden.read(path).scores for path in (turned, version))
    assert all(np.array_equal(scores[head], expected[head]) for head in expected)


def test_trunks_that_differ_above_share_what_is_below(tmp_path: Path) -> None:
    tuned = trunk()
    for name in ("conv_1", "each_1"):
        tuned.get_layer(name).set_weights([values + 0.01 for values in tuned.get_layer(name).get_weights()])
    models = [source(on_trunk("short", 0)), source(on_trunk("open", 1, below=tuned))]
    written = write_servable(models, "pcb", tmp_path)
    assert convolutions(written.path) == 2 + 2 * 2
    assert written.difference < 1e-5


def test_models_with_nothing_in_common_still_merge(tmp_path: Path) -> None:
    models = [source(on_trunk("short", 0)), source(on_trunk("open", 1, below=trunk(seed=5)))]
    assert convolutions(write_servable(models, "pcb", tmp_path).path) == 8


def test_sizes_channels_outputs_and_features_may_differ(tmp_path: Path) -> None:
    gray = source(on_trunk("lead", 0, below=trunk(size=(20, 20), channels=1), units=3))
    large = source(on_trunk("body", 1, below=trunk(size=(40, 48))))
    house = source(priced(), features=("area", "age"), data=None)
    written = write_servable([gray, large, house], "board", tmp_path)
    described = written.manifest
    assert described.picture == PictureInput(height=40, width=48, channels=3)
    assert described.features == ("area", "age")
    assert described.data is None
    assert [one.picture.channels for one in described.sources] == [1, 3, 3]
    assert frozen(written.path)["ResizeBilinear"] == 3
    pictures = [photograph(33, 70), photograph(24, 24, seed=2)]
    numbers = np.array([[1, 2], [3, 4]], np.float32)
    answers = tf.saved_model.load(str(written.path)).signatures["serving_default"](
        image=tf.constant(pictures), features=tf.constant(numbers)
    )
    np.testing.assert_allclose(answers["lead"], gray.scores(pictures)["lead"], atol=1e-5)
    np.testing.assert_allclose(answers["body"], large.scores(pictures)["body"], atol=1e-5)
    np.testing.assert_allclose(answers["price"], house.scores(pictures, numbers)["price"], rtol=1e-5)


def test_variables_are_kept_once_if_wanted(four: list[ModelSource], version: Path, tmp_path: Path) -> None:
    written = write_servable(four, "pcb", tmp_path, freeze=False)
    loaded = tf.saved_model.load(str(written.path))
    shapes = Counter(tuple(variable.shape) for variable in loaded.weights)
    assert shapes[(3, 3, 3, 8)] == 1
    assert shapes[(8, 1)] == 4
    assert written.difference < 1e-5
    assert frozen(written.path) == frozen(version)  # the graph for other engines is frozen all the same


def test_samples_of_all_models_are_golden(four: list[ModelSource]) -> None:
    pictures = [photograph(24, 32, seed=seed) for seed in range(12)]
    own = [replace(one, pictures=tuple(pictures[3 * at : 3 * at + 3])) for at, one in enumerate(four)]
    chosen = Component.of(own).golden().pictures
    assert chosen == tuple(pictures[at] for at in (0, 3, 6, 9, 1, 4, 7, 10))


@pytest.mark.parametrize("channels", [1, 3])
def test_drawn_samples_have_the_components_channels(channels: int) -> None:
    models = [source(on_trunk("short", 0, below=trunk(channels=channels)))]
    assert Component.of(models).golden().scores["short"].shape == (4, 1)


def test_no_models_are_no_component() -> None:
    with pytest.raises(ModelError, match=r"expected at least one trained model. Received: none"):
        Component.of([])


def test_heads_of_one_name_are_named_with_their_files() -> None:
    with pytest.raises(ModelError, match=r"head short: .*short\.keras, short\.keras"):
        Component.of([source(on_trunk("short", 0)), source(on_trunk("short", 1))])


def test_heads_that_disagree_on_features_are_refused() -> None:
    first, second = (source(priced(), features=names) for names in (("area", "age"), ("age", "area")))
    with pytest.raises(ModelError, match=r"takes area, age; .*takes age, area"):
        Component.of([first, replace(second, heads=(default_head("cost", 1),))])


def test_weights_that_are_no_numbers_are_named(tmp_path: Path) -> None:
    broken = on_trunk("open", 1)
    layer = broken.get_layer("open")
    layer.set_weights([np.where(np.arange(8)[:, None] == 3, np.nan, 1).astype(np.float32), layer.get_weights()[1]])
    with pytest.raises(ModelError, match=r"head open: open\.keras has 1 weights of 8 that are not a number"):
        write_servable([source(on_trunk("short", 0)), source(broken)], "pcb", tmp_path)
    assert list((tmp_path / "pcb").iterdir()) == []


def by_openvino(version: Path, truth: Golden, channels: int) -> golden.Scores:
    """The golden scores by another engine, from the frozen graph alone."""
    openvino = pytest.importorskip("openvino")
    # Without the hint a processor with bfloat16 would compute in it, and be off by hundredths.
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    model = openvino.Core().compile_model(str(version / layout.PIXELS_FILE), "CPU", precise)
    found: dict[str, list[np.ndarray]] = {head: [] for head in truth.scores}
    for at, picture in enumerate(truth.pictures):
        inputs: dict[str, np.ndarray] = {"image:0": decoded_pixels(picture, channels)}
        if truth.features is not None:
            inputs["features:0"] = truth.features[at : at + 1]
        answers = model(inputs)
        for head in found:
            found[head].append(answers[f"{head}:0"])
    return {head: np.concatenate(values) for head, values in found.items()}


def test_openvino_gives_the_golden_scores(version: Path) -> None:
    truth = Golden.read(version)
    assert golden.largest_difference(truth.scores, by_openvino(version, truth, 3))[1] < 1e-4


def test_openvino_reads_mixed_sizes_gray_and_features(tmp_path: Path) -> None:
    gray = source(on_trunk("lead", 0, below=trunk(size=(20, 20), channels=1)))
    version = write_servable([gray, source(priced(), features=("area", "age"))], "board", tmp_path).path
    truth = Golden.read(version)
    assert golden.largest_difference(truth.scores, by_openvino(version, truth, 3))[1] < 1e-4


def test_openvino_reads_weights_of_half_precision(four: list[ModelSource], tmp_path: Path) -> None:
    version = write_servable(four, "pcb", tmp_path, precision="float16").path
    truth = Golden.read(version)
    assert golden.largest_difference(truth.scores, by_openvino(version, truth, 3))[1] < 1e-2


@pytest.mark.parametrize("name", ["image", "features"])
def test_a_head_cannot_be_called_like_an_input(name: str) -> None:
    model = source(on_trunk("short", 0))
    with pytest.raises(ModelError, match=rf"head {name}: is the name of an input"):
        Component.of([replace(model, heads=(default_head(name, 1),))])


def test_a_model_with_features_and_no_samples_gets_drawn_ones(tmp_path: Path) -> None:
    house = source(priced(), features=("area", "age"))
    truth = Golden.read(write_servable(house, "house", tmp_path).path)
    assert truth.features is not None
    assert truth.features.shape == (len(truth.pictures), 2)


def test_scores_that_follow_from_the_pictures_beside_are_refused() -> None:
    """As batch norm in training mode gives them; no random number and no variable is in it."""
    model = source(on_trunk("short", 0))

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        scores = model.network.run(pictures, features)["short"]
        return {"short": 1e3 * (scores - tf.reduce_mean(scores, axis=0))}

    crowded = replace(model, network=replace(model.network, run=run))
    with pytest.raises(ModelError, match=r"head short: short\.keras scores the same picture otherwise .* alone"):
        Component.of([crowded]).golden()


def test_code_that_fails_on_pictures_is_told_in_a_sentence() -> None:
    model = source(on_trunk("short", 0))

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ModelError, match=r"^short\.keras: does not run on 4 pictures: division by zero"):
        Component.of([replace(model, network=replace(model.network, run=run))]).golden()


def test_numbers_that_are_drawn_may_be_categories() -> None:
    """An embedding knows no negative numbers, and not many."""
    image, line = keras.Input((8, 12, 1), name="image"), keras.Input((1,), name="line", dtype="int32")
    known = keras.layers.Flatten()(keras.layers.Embedding(2, 3)(line))
    seen = keras.layers.GlobalAveragePooling2D()(image)
    score = keras.layers.Dense(1, name="score")(keras.layers.Concatenate()([seen, known]))
    found = Component.of([source(keras.Model([image, line], score), features=("line",))]).golden()
    assert found.features is not None
    assert set(np.round(found.features[:, 0])) == {0, 1}
