"""Models are frozen where that changes no answer, and stay as they are where it could."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.engines.operations import Operations
from aoi_modules.serving.engines.tensorflow import TensorFlowEngine, Threads
from aoi_modules.tf import tf
from tests.export.networks import network
from tests.serving import saved_models
from tests.serving.saved_models import function, log


def operations(engine: TensorFlowEngine) -> set[str]:
    return Operations(engine.session.graph.as_graph_def()).all()


def has_variables(engine: TensorFlowEngine) -> bool:
    return not {"VarHandleOp", "ReadVariableOp"}.isdisjoint(operations(engine))


def ask(engine: TensorFlowEngine, signature: str = "serving_default", **inputs: Any) -> Any:
    outputs = engine.run(engine.signatures[signature], inputs, sorted(engine.signatures[signature].outputs))
    (values,) = outputs.values()
    return values


X = np.array([2.0, 4.0], np.float32)


def test_a_keras_model_is_frozen_and_scores_the_same(tmp_path: Path) -> None:
    model = network({"short": 1})
    model.export(str(tmp_path), verbose=False)
    engine = tensorflow.load(tmp_path)
    pixels = np.random.default_rng(1).uniform(0, 255, (3, 24, 32, 3)).astype(np.float32)
    assert not has_variables(engine)
    np.testing.assert_allclose(ask(engine, image=pixels), model.predict_on_batch(pixels)["short"], rtol=1e-4, atol=1e-6)
    engine.close()


def test_threads_that_are_given_are_kept(models: Path) -> None:
    engine = tensorflow.load(models / "half/00000001", intra_op_threads=2, inter_op_threads=1)
    config = engine.session._config
    assert (config.intra_op_parallelism_threads, config.inter_op_parallelism_threads) == (2, 1)
    assert ask(engine, x=X).tolist() == [3.0, 4.0]
    engine.close()


def test_threads_are_measured(models: Path) -> None:
    engine = tensorflow.load(models / "half/00000001")
    config = engine.session._config
    chosen = Threads(config.intra_op_parallelism_threads, config.inter_op_parallelism_threads)
    assert chosen in (tensorflow.ALONE, tensorflow.MEASURED)
    engine.close()


def counter(path: Path) -> Path:
    """Answers how often it was asked."""
    times = tf.Variable(0.0)
    body = function(lambda x: {"y": times.assign_add(1.0) + 0 * x}, x=tf.TensorSpec([None], tf.float32))
    return saved_models.write(path, {"serving_default": body}, variables=(times,))


def test_a_model_that_writes_its_variables_keeps_them(tmp_path: Path) -> None:
    engine = tensorflow.load(counter(tmp_path / "1"))
    assert has_variables(engine)
    assert [ask(engine, x=X)[0] for _ in range(3)] == [1.0, 2.0, 3.0]
    engine.close()


def test_a_model_with_a_table_keeps_it(tmp_path: Path) -> None:
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b"]), tf.constant([1.0, 2.0])), -1.0
    )
    weight = tf.Variable(10.0)
    body = function(lambda x: {"y": weight * table.lookup(x)}, x=tf.TensorSpec([None], tf.string))
    saved_models.write(tmp_path / "1", {"serving_default": body}, variables=(weight, table))
    engine = tensorflow.load(tmp_path / "1")
    assert ask(engine, x=np.array([b"b", b"z"], object)).tolist() == [20.0, -10.0]
    engine.close()


def test_chance_is_no_constant(tmp_path: Path) -> None:
    weight = tf.Variable(1.0)
    body = function(lambda x: {"y": weight * tf.random.uniform(tf.shape(x)) + x}, x=tf.TensorSpec([None], tf.float32))
    saved_models.write(tmp_path / "1", {"serving_default": body}, variables=(weight,))
    engine = tensorflow.load(tmp_path / "1")
    assert has_variables(engine)
    assert ask(engine, x=X)[0] != ask(engine, x=X)[0]
    engine.close()


def lengths(path: Path) -> Path:
    """How long strings are, doubled by a variable."""
    weight = tf.Variable(2)
    body = function(lambda x: {"y": weight * tf.strings.length(x)}, x=tf.TensorSpec([None], tf.string))
    return saved_models.write(path, {"serving_default": body}, variables=(weight,))


TEXT = np.array([b"abc"], object)


def test_without_samples_it_stays_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    engine = tensorflow.load(lengths(tmp_path / "1"))
    assert has_variables(engine)
    assert "stays as it is: no samples to compare signature serving_default by" in caplog.text
    assert ask(engine, x=TEXT).tolist() == [6]
    engine.close()


def test_warm_up_requests_are_samples(tmp_path: Path) -> None:
    saved_models.add_warm_up(lengths(tmp_path / "1"), log(x=TEXT))
    engine = tensorflow.load(tmp_path / "1")
    assert not has_variables(engine)
    assert ask(engine, x=TEXT).tolist() == [6]
    engine.close()


def test_a_great_model_runs_from_its_variables(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = models / "half/00000001"
    size = sum(file.stat().st_size for file in (path / "saved_model.pb", *(path / "variables").iterdir()))
    monkeypatch.setattr(tensorflow, "MOST_FROZEN", size - 1)
    engine = tensorflow.load(path)
    assert has_variables(engine)
    assert ask(engine, x=X).tolist() == [3.0, 4.0]
    engine.close()
    monkeypatch.setattr(tensorflow, "MOST_FROZEN", size)
    engine = tensorflow.load(path)
    assert not has_variables(engine)
    engine.close()
