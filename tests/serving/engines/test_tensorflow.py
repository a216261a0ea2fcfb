"""The TensorFlow engine on real SavedModels."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from aoi_modules.errors import ModelError, RpcError
from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.engines.tensorflow import TensorFlowEngine
from aoi_modules.tf import tf
from aoi_modules.wire import tensors
from tests.serving import saved_models
from tests.serving.saved_models import function


@pytest.fixture(scope="module")
def half(models: Path) -> TensorFlowEngine:
    return tensorflow.load(models / "half" / "00000001", intra_op_threads=1, inter_op_threads=1)


def test_signatures_are_those_of_the_file(half: TensorFlowEngine) -> None:
    assert {"serving_default", "both"} <= half.signatures.keys()
    assert half.signatures["both"].outputs.keys() == {"y", "z"}


def test_only_the_outputs_asked_for_are_computed(half: TensorFlowEngine) -> None:
    x = np.array([2, 4], np.float32)
    outputs = half.run(half.signatures["both"], {"x": x}, ["z"])
    assert {name: array.tolist() for name, array in outputs.items()} == {"z": [2, 4]}


def test_many_threads_get_their_own_answers(half: TensorFlowEngine) -> None:
    def ask(number: int) -> float:
        x = np.full((3,), number, np.float32)
        return float(half.run(half.signatures["serving_default"], {"x": x}, ["y"])["y"][2])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [number / 2 + 2 for number in range(200)]


def test_a_wrong_dtype_is_refused_in_the_servers_words(half: TensorFlowEngine) -> None:
    with pytest.raises(RpcError, match=r"Expects arg\[0\] to be float but int32 is provided") as caught:
        half.run(half.signatures["serving_default"], {"x": np.array([1], np.int32)}, ["y"])
    assert caught.value.code == "INVALID_ARGUMENT"


def test_a_signature_without_inputs(models: Path) -> None:
    engine = tensorflow.load(models / "echo" / "1")
    outputs = engine.run(engine.signatures["manifest"], {}, ["json"])
    assert b'"component": "strict"' in outputs["json"].item()
    engine.close()


def test_strings_of_any_bytes(models: Path) -> None:
    engine = tensorflow.load(models / "echo" / "1")
    pictures = np.array([b"\x89PNG\0\xff", b""], dtype=object)
    assert engine.run(engine.signatures["string"], {"x": pictures}, ["y"])["y"].tolist() == pictures.tolist()
    engine.close()


def test_models_of_tensorflow_1_with_reference_variables(tmp_path: Path) -> None:
    v1 = tf.compat.v1
    path = tmp_path / "1"
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, (), name="x")  # a scalar is declared; any shape works
        y = v1.get_variable("half", initializer=0.5, use_resource=False) * x
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(path), {"x": x}, {"y": y})
    engine = tensorflow.load(path)
    outputs = engine.run(engine.signatures["serving_default"], {"x": np.array([2, 6], np.float32)}, ["y"])
    assert outputs["y"].tolist() == [1, 3]
    engine.close()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xff no protobuf"])
def test_what_is_no_saved_model_is_refused_with_its_path(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(ModelError, match=f"{tmp_path}: cannot be loaded: .+"):
        tensorflow.load(tmp_path)


def test_missing_variables_are_refused(models: Path, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes((models / "half/00000001/saved_model.pb").read_bytes())
    with pytest.raises(ModelError, match="cannot be loaded"):
        tensorflow.load(tmp_path)


def halved(path: Path, more: float) -> TensorFlowEngine:
    half = tf.Variable(0.5)
    body = function(lambda x: {"y": half * x + more}, x=tf.TensorSpec([None], tf.float32))
    return tensorflow.load(saved_models.write(path, {"serving_default": body}, variables=(half,)))


def test_another_answer_is_found(tmp_path: Path) -> None:
    one, other = halved(tmp_path / "1", 2.0), halved(tmp_path / "2", 2.001)
    known = {"serving_default": [{"x": np.array([2.0, 4.0], np.float32)}]}
    tensorflow.compare(one, one, known)
    with pytest.raises(ModelError, match="frozen, signature serving_default gives another y"):
        tensorflow.compare(other, one, known)


def test_bfloat16_goes_in_and_out(tmp_path: Path) -> None:
    body = function(lambda x: {"y": x / 2}, x=tf.TensorSpec([None], tf.bfloat16))
    engine = tensorflow.load(saved_models.write(tmp_path / "1", {"serving_default": body}))
    x = np.array([1.0, -3.0], ml_dtypes.bfloat16)
    y = engine.run(engine.signatures["serving_default"], {"x": x}, ["y"])["y"]
    assert y.astype(np.float32).tolist() == [0.5, -1.5]
    assert list(tensors.to_tensor(y, content=False).half_val) == [0x3F00, 0xBFC0]
    engine.close()
