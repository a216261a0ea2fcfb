"""--saved_model_tags: which graph of a SavedModel is loaded."""

from pathlib import Path

import grpc
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.tf import tf
from tests.serving.calls import predict, predict_request

X = np.array([2.0], np.float32)


@pytest.fixture(scope="module")
def two_graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Base path of a SavedModel of TensorFlow 1 with two graphs: `serve` adds 1, `serve,double` doubles."""
    base = tmp_path_factory.mktemp("tags")
    v1 = tf.compat.v1
    builder = v1.saved_model.Builder(str(base / "1"))
    for tags in (["serve"], ["serve", "double"]):
        with tf.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(tf.float32, [None])
            kept = v1.get_variable("kept", initializer=0.0, use_resource=True)
            session.run(v1.global_variables_initializer())
            signature = v1.saved_model.predict_signature_def(
                {"x": x}, {"y": (x + 1.0 if len(tags) == 1 else 2.0 * x) + kept}
            )
            if len(tags) == 1:
                builder.add_meta_graph_and_variables(session, tags, signature_def_map={"serving_default": signature})
            else:
                builder.add_meta_graph(tags, signature_def_map={"serving_default": signature})
    builder.save()
    return base


def test_the_graph_of_the_tags_answers(two_graphs: Path) -> None:
    for tags, answer in (("serve", 3.0), ("serve,double", 4.0), ("double,serve", 4.0)):
        engine = tensorflow.load(two_graphs / "1", tags=tags.split(","))
        assert engine.run(engine.signatures["serving_default"], {"x": X}, ["y"])["y"].tolist() == [answer]


def test_tags_that_no_graph_has(two_graphs: Path) -> None:
    with pytest.raises(ModelError, match="MetaGraphDef associated with tags"):
        tensorflow.load(two_graphs / "1", tags=("double",))


def test_the_flag(two_graphs: Path) -> None:
    with (
        EmbeddedServer({"m": two_graphs}, flags=["--saved_model_tags=serve,double"]) as server,
        grpc.insecure_channel(server.grpc) as channel,
    ):
        assert predict(channel, predict_request("m", x=X)).outputs["y"].float_val == [4.0]
