"""What can never answer is refused at load; what only refuses made inputs is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ModelError, RpcError, UnrunnableModel
from aoi_modules.serving.engines import tensorflow, trial
from aoi_modules.serving.engines.operations import Operations
from aoi_modules.tf import tf
from tests.serving import saved_models
from tests.serving.fake_engine import DoublingEngine
from tests.serving.saved_models import function

ROW = tf.TensorSpec([None], tf.float32)
TEXTS = tf.TensorSpec([None], tf.string)


def written(path: Path, body: Any, **inputs: Any) -> Path:
    return saved_models.write(path / "1", {"serving_default": function(body, **inputs)})


@pytest.mark.parametrize("call", [tf.py_function, tf.numpy_function])
def test_python_is_refused(tmp_path: Path, call: Any) -> None:
    path = written(tmp_path, lambda x: {"y": tf.ensure_shape(call(lambda v: v * 2, [x], tf.float32), [None])}, x=ROW)
    with pytest.raises(UnrunnableModel, match=f"{path}: signature serving_default calls back into Python") as caught:
        tensorflow.load(path)
    assert "TensorFlow's own operations" in caught.value.hint


def test_python_that_no_signature_needs_is_none_of_our_business(tmp_path: Path) -> None:
    module: Any = tf.Module()
    module.train = function(lambda x: tf.py_function(lambda v: v, [x], tf.float32), x=ROW)
    tf.saved_model.save(module, str(tmp_path / "1"), signatures=function(lambda x: {"y": x + 1.0}, x=ROW))
    tensorflow.load(tmp_path / "1").close()


def of_session(path: Path, build: Any) -> Path:
    """A SavedModel of TensorFlow 1, whose initializer nobody wrote down."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None], name="x")
        y = build(x)
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer(), v1.tables_initializer()])
        v1.saved_model.simple_save(session, str(path), {"x": x}, {"y": y})
    return path


def with_local_variable(x: Any) -> Any:
    v1 = tf.compat.v1
    return x + v1.get_variable("scale", initializer=2.0, collections=[v1.GraphKeys.LOCAL_VARIABLES])


def with_table(x: Any) -> Any:
    values = tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1], tf.int64), tf.constant([1.0, 2.0]))
    return tf.lookup.StaticHashTable(values, -1.0).lookup(tf.cast(x, tf.int64))


@pytest.mark.parametrize(("build", "words"), [(with_local_variable, "scale"), (with_table, "not initialized")])
def test_what_was_never_filled_is_refused(tmp_path: Path, build: Any, words: str) -> None:
    with pytest.raises(UnrunnableModel, match=f"signature serving_default cannot be run: .*{words}") as caught:
        tensorflow.load(of_session(tmp_path / "1", build))
    assert getattr(caught.value.__cause__, "code", None) == "FAILED_PRECONDITION"


@pytest.mark.parametrize(
    "body",
    [
        lambda x: {"y": tf.map_fn(lambda one: tf.io.parse_tensor(one, tf.float32), x, tf.float32)},
        lambda x: {"y": tf.io.parse_example(x, {"a": tf.io.FixedLenFeature([1], tf.float32)})["a"]},
        lambda x: {"y": tf.strings.to_number(x)},
        lambda x: {"y": tf.map_fn(tf.io.read_file, x)},
        lambda x: {"y": tf.io.decode_base64(x)},
        lambda x: {"y": tf.io.decode_raw(x, tf.float32)},
    ],
)
def test_strings_of_another_kind_than_pictures_are_no_fault(tmp_path: Path, body: Any) -> None:
    tensorflow.load(written(tmp_path, body, x=TEXTS)).close()


def test_numbers_that_a_model_refuses_are_no_fault(tmp_path: Path) -> None:
    def body(x: Any) -> Any:
        with tf.control_dependencies([tf.debugging.assert_greater(x, 1000.0)]):
            return {"y": x + 1.0}

    engine = tensorflow.load(written(tmp_path, body, x=ROW))
    x = np.array([2000.0], np.float32)
    assert engine.run(engine.signatures["serving_default"], {"x": x}, ["y"])["y"].tolist() == [2001.0]
    engine.close()


class Refusing(DoublingEngine):
    """Answers nobody."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__()
        for info in self.signatures["serving_default"].inputs.values():
            info.tensor_shape.unknown_rank = False
        self._error = RpcError(code, text)

    def run(self, *_: Any) -> Any:
        raise self._error


NOTHING = Operations(tf.Graph().as_graph_def())


@pytest.mark.parametrize("code", ["UNKNOWN", "UNIMPLEMENTED", "NOT_FOUND", "INTERNAL"])
def test_errors_that_no_input_causes(code: str) -> None:
    with pytest.raises(UnrunnableModel, match="m/1: signature serving_default cannot be run: why"):
        trial.check(Refusing(code, "why\nand where"), NOTHING, Path("m/1"), {})


def test_an_operation_without_a_kernel() -> None:
    engine = Refusing("INVALID_ARGUMENT", "No OpKernel was registered to support Op 'Fft' used by {{node a}}")
    with pytest.raises(UnrunnableModel, match="No OpKernel"):
        trial.check(engine, NOTHING, Path("m/1"), {})


def test_memory_may_be_there_later() -> None:
    with pytest.raises(ModelError, match="OOM") as caught:
        trial.check(Refusing("RESOURCE_EXHAUSTED", "OOM"), NOTHING, Path("m/1"), {})
    assert not isinstance(caught.value, UnrunnableModel)


def test_inputs_that_are_known_are_taken_with_one_row() -> None:
    seen: list[int] = []

    class Counting(DoublingEngine):
        def run(self, signature: Any, inputs: Any, outputs: Any) -> Any:
            seen.append(len(inputs["x"]))
            return super().run(signature, inputs, outputs)

    engine = Counting()
    shape = engine.signatures["serving_default"].inputs["x"].tensor_shape
    shape.unknown_rank = False
    shape.dim.add(size=-1)
    trial.check(engine, NOTHING, Path("m/1"), {"serving_default": [{"x": np.ones(3, np.float32)}]})
    assert seen == [1]
