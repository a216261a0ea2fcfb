"""A look into version directories and other SavedModels, whole, damaged and foreign."""

import shutil
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import AoiError, StoreError
from aoi_modules.export.inspect.contents import Contents, find, sample
from aoi_modules.modelstore import layout, manifest
from aoi_modules.tf import tf
from tests.export.inspect.merged_graphs import CHANNELS, Made
from tests.export.inspect.small_servables import put, put_foreign

MODELS = {"short": Made((1, 2)), "open": Made((1, 3))}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put(tmp_path_factory.mktemp("models"), MODELS)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_foreign(tmp_path_factory.mktemp("foreign"))


def test_a_servable_says_what_it_is(version: Path) -> None:
    found = Contents.of(version)
    assert (found.title, found.checksums, found.missing) == ("pcb, version 1", "whole", {})
    assert found.manifest == manifest.read(version)
    (pixels,) = found.signatures
    assert list(map(str, pixels.inputs)) == ["image uint8 (?, ?, ?, 3)"]
    assert list(map(str, pixels.outputs)) == ["open float32 (?, 1)", "short float32 (?, 1)"]
    assert found.files["saved_model.pb"] == (version / "saved_model.pb").stat().st_size
    assert found.size == sum(path.stat().st_size for path in version.rglob("*") if path.is_file())


def test_operations_are_those_of_the_graph_and_its_functions(version: Path) -> None:
    found = Contents.of(version)
    assert found.frozen_operations["Conv2D"] == found.operations["Conv2D"] == 3
    assert list(found.operations.values()) == sorted(found.operations.values(), reverse=True)


def test_weights_are_constants_here_and_variables_there(version: Path, foreign: Path) -> None:
    weights = Contents.of(version).weights
    held = 3 * 3 * 3 * CHANNELS + 2 * (3 * 3 * CHANNELS * CHANNELS) + 2 * CHANNELS
    assert (weights.stored, weights.constants, weights.constant_numbers, weights.variables) == ("constants", 5, held, 0)
    weights = Contents.of(foreign).weights
    assert (weights.stored, weights.variables, weights.variable_numbers) == ("variables", 1, 8)


def test_what_the_heads_share_is_there(version: Path) -> None:
    anatomy = Contents.of(version).anatomy
    assert anatomy is not None
    assert anatomy.heads == ("short", "open")
    assert 40 < anatomy.shared_work_percent < 50
    assert 1.4 < anatomy.times_apart < 1.5


def test_a_foreign_saved_model_shows_what_it_has_and_says_what_is_missing(foreign: Path) -> None:
    found = Contents.of(foreign)
    assert found.title == foreign.name
    assert [str(tensor) for tensor in found.signatures[0].outputs] == ["y float32 (?, 2)"]
    assert (found.manifest, found.anatomy, found.checksums, found.frozen_operations) == (None, None, "none", {})
    assert "assets.extra/manifest.json" in found.missing
    assert len(found.missing) == 5
    assert sample(foreign) is None


def test_a_graph_of_tensorflow_1_shows_its_variables(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder(tf.float32, (None, 3), name="x")
        with tf.compat.v1.variable_scope("old"):
            y = tf.matmul(x, tf.compat.v1.get_variable("w", (3, 5), use_resource=False))
        session.run(tf.compat.v1.global_variables_initializer())
        builder = tf.compat.v1.saved_model.Builder(str(tmp_path / "old"))
        signature = tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y})
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()
    weights = Contents.of(tmp_path / "old").weights
    assert (weights.stored, weights.variable_numbers) == ("variables", 15)


def test_it_is_json(version: Path, foreign: Path) -> None:
    for folder in (version, foreign):
        found = Contents.of(folder)
        assert msgspec.json.decode(msgspec.json.encode(found), type=Contents) == found


def test_the_first_golden_picture_stands_for_the_input(version: Path) -> None:
    picture = sample(version)
    assert picture is not None
    assert picture.shape == (24, 32, 3)


def test_damage_is_said_where_the_rest_can_be_read(version: Path, tmp_path: Path) -> None:
    copy = copied(version, tmp_path)
    (copy / "variables" / "variables.index").write_bytes(b"rotten")
    assert Contents.of(copy).checksums == f"damaged: {copy / 'variables' / 'variables.index'}"


@pytest.mark.parametrize("name", ["saved_model.pb", layout.PIXELS_FILE, layout.MANIFEST_FILE])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe rotten"])
def test_a_file_that_cannot_be_read_is_named(version: Path, tmp_path: Path, name: str, content: bytes) -> None:
    copy = copied(version, tmp_path)
    (copy / name).write_bytes(content)
    with pytest.raises(AoiError):
        Contents.of(copy)


def test_a_version_a_component_and_nothing_are_told_apart(version: Path, tmp_path: Path) -> None:
    assert find(version) == version
    (copied(version, tmp_path / "pcb", "2"), copied(version, tmp_path / "pcb", "10"))
    assert find(tmp_path / "pcb") == tmp_path / "pcb" / "10"
    with pytest.raises(StoreError, match="components: pcb"):
        find(tmp_path)
    with pytest.raises(StoreError, match="no such folder"):
        find(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"expected a folder.*a file"):
        find(version / "saved_model.pb")
    with pytest.raises(StoreError, match=r"no saved_model\.pb"):
        find(version / "assets.extra")


def copied(version: Path, base: Path, name: str = "1") -> Path:
    shutil.copytree(version, base / name)
    return base / name
