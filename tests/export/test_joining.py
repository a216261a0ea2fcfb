"""Models of one component become one graph that gives each head's scores."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export import graph as graphs
from aoi_modules.export.component import Component
from aoi_modules.export.heads import default_head
from aoi_modules.export.joining import input_name, join
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf
from tests.export.networks import on_trunk, priced, trunk

PICTURES = np.random.default_rng(0).uniform(0, 255, (2, 24, 32, 3)).astype(np.float32)


def source(model: keras.Model, features: tuple[str, ...] = ()) -> ModelSource:
    network = network_of(model)
    heads = tuple(default_head(name, units) for name, units in network.outputs.items())
    return ModelSource(network, heads, name=f"{heads[0].name}.keras", features=features)


def test_an_input_is_named_after_its_size() -> None:
    assert input_name(PictureInput(height=24, width=32, channels=1)) == "picture_24x32x1"


def test_every_head_scores_as_its_model() -> None:
    models = [source(on_trunk("short", 1)), source(on_trunk("open", 2))]
    graph, _ = join(Component.of(models))
    (found,) = graphs.run_frozen(graph, [{"picture_24x32x3": PICTURES}], ["short", "open"])
    for model in models:
        (head,) = model.heads
        expected = model.network.run(tf.constant(PICTURES), None)[head.name]
        np.testing.assert_allclose(found[head.name], expected, atol=1e-5)


def test_a_common_trunk_is_there_once() -> None:
    one, _ = join(Component.of([source(on_trunk("short", 1))]))
    two, _ = join(Component.of([source(on_trunk("short", 1)), source(on_trunk("open", 2))]))
    convolutions = [sum("Conv" in node.op for node in graph.node) for graph in (one, two)]
    assert convolutions[0] == convolutions[1] > 0


def test_each_size_and_the_features_have_an_input() -> None:
    small = on_trunk("kind", 3, below=trunk(4, size=(16, 16), channels=1), units=3)
    graph, names = join(Component.of([source(small), source(priced(), ("area", "age"))]))
    placeholders = {node.name for node in graph.node if node.op == "Placeholder"}
    assert placeholders == {"picture_16x16x1", "picture_24x32x3", "features"}
    assert {node.name for node in graph.node} >= {"kind", "price"}
    assert all(len(digest) == 64 for digest in names)


def test_variables_are_known_by_their_content() -> None:
    model = on_trunk("short", 1)
    _, names = join(Component.of([source(model)]))
    assert {graphs.digest(weight.numpy()) for weight in model.trainable_variables} <= names.keys()


def test_weights_that_are_no_numbers_are_refused() -> None:
    model = on_trunk("short", 1)
    model.get_layer("short").set_weights([np.full((8, 1), np.nan, np.float32), np.zeros(1, np.float32)])
    with pytest.raises(ModelError, match=r"head short: short\.keras has 8 weights of 8 that are not a number"):
        join(Component.of([source(model)]))


def test_code_that_makes_no_graph_is_named() -> None:
    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        return {"short": tf.constant(pictures.numpy().mean(axis=(1, 2, 3), keepdims=False)[:, None])}

    model = source(on_trunk("short", 1))
    with pytest.raises(ModelError, match=r"^short\.keras: cannot be made a graph .*numpy"):
        join(Component.of([replace(model, network=replace(model.network, run=run))]))


def test_scores_by_chance_are_refused() -> None:
    image = keras.Input((24, 32, 3), name="image")
    noisy = keras.layers.Lambda(lambda x: x + tf.random.normal(tf.shape(x)))(keras.layers.Flatten()(image))
    with pytest.raises(ModelError, match=r"score\.keras: draws random numbers while it scores"):
        join(Component.of([source(keras.Model(image, keras.layers.Dense(1)(noisy)))]))
