"""SavedModels in a session: their large constants are variables there, and they answer as before."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.serving.engines import saved_model, tensorflow
from aoi_modules.tf import tf

SIDE = 300
WEIGHTS = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
PICTURES = np.random.default_rng(1).normal(size=(2, SIDE)).astype(np.float32)


def written(folder: Path, form: str) -> Path:
    """A SavedModel of x -> x @ WEIGHTS: of TensorFlow 1, of constants in a function, or of a variable."""
    if form == "session":
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            x = tf.compat.v1.placeholder(tf.float32, (None, SIDE))
            tf.compat.v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": x @ tf.constant(WEIGHTS)})
        return folder
    module = tf.Module()
    module.weights = tf.Variable(WEIGHTS) if form == "variable" else None
    module.call = tf.function(
        lambda x: {"y": x @ (tf.constant(WEIGHTS) if module.weights is None else module.weights)},
        input_signature=[tf.TensorSpec((None, SIDE), tf.float32, "x")],
    )
    tf.saved_model.save(module, str(folder), signatures=module.call)
    return folder


def answer(session: tf.compat.v1.Session, signatures: Any) -> Any:
    signature = signatures["serving_default"]
    return session.run(signature.outputs["y"].name, {signature.inputs["x"].name: PICTURES})


@pytest.mark.parametrize("form", ["session", "function", "variable"])
@pytest.mark.parametrize("lifted", [True, False])
def test_a_model_answers_as_it_did_and_its_graph_is_small_where_constants_were_lifted(
    form: str, lifted: bool, tmp_path: Path
) -> None:
    folder = written(tmp_path / "1", form)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        signatures, graph = saved_model.restore(session, folder, ["serve"], lifted=lifted)
        np.testing.assert_allclose(answer(session, signatures), PICTURES @ WEIGHTS, rtol=1e-4, atol=1e-4)
        small = graph.ByteSize() < WEIGHTS.nbytes / 2
    assert small == (lifted or form == "variable")


def test_tags_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train"):
        tensorflow.load(written(tmp_path / "1", "variable"), tags=["train"])


def test_a_great_model_is_lifted_by_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorflow, "MOST_FROZEN", 0)  # all models are great ones
    engine = tensorflow.load(written(tmp_path / "1", "function"))
    found = engine.run(engine.signatures["serving_default"], {"x": PICTURES}, ["y"])["y"]
    np.testing.assert_allclose(found, PICTURES @ WEIGHTS, rtol=1e-4, atol=1e-4)
    assert any(op.type == "VarHandleOp" for op in engine.session.graph.get_operations())
    engine.close()
