"""What scores by chance or by what came before is refused; what only happens beside scoring is cut away."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.determinism import deterministic
from aoi_modules.export.graph import freeze
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.tf import keras, tf

PICTURES = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


class Model(tf.Module):  # type: ignore[misc]
    """(N, 4) -> y (N, 4): twice the input, and what `also` makes of that and a variable that begins at 1."""

    def __init__(self, also: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.seen, self.also = tf.Variable(1.0), also

    def traced(self) -> Any:
        scored = tf.function(lambda x: {"y": self.also(x * 2.0, self.seen), "b": x})
        return scored.get_concrete_function(tf.TensorSpec((None, 4), tf.float32))


def counted(y: Any, seen: Any) -> Any:
    seen.assign_add(1.0)
    return y


def noise(y: Any) -> Any:
    return y + tf.random.normal(tf.shape(y))


@pytest.mark.parametrize(
    "also",
    [
        lambda y, seen: noise(y),
        lambda y, seen: tf.nn.dropout(y, 0.5),
        lambda y, seen: tf.map_fn(noise, y),
        lambda y, seen: tf.gather(y, tf.random.shuffle(tf.range(4)), axis=1),
        lambda y, seen: y + tf.random.stateless_uniform((4,), (1, tf.cast(seen.assign_add(1.0), tf.int32))),
    ],
)
def test_random_numbers_are_refused(also: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(ModelError, match=r"^net: draws random numbers while it scores \(\w+ in .*\), and a servable"):
        deterministic(Model(also).traced(), "net")


@pytest.mark.parametrize(
    "also",
    [
        lambda y, seen: y + seen.assign_add(1.0),
        lambda y, seen: tf.identity(counted(y, seen)) + seen,
        lambda y, seen: tf.while_loop(lambda i, z: i < 2, lambda i, z: (i + 1, z + seen.assign_add(1.0)), (0, y))[1],
    ],
)
def test_a_state_that_scores_follow_from_is_refused(also: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(ModelError, match=r"^net: keeps a state: .*\(AssignAddVariableOp in .*whatever came before it"):
        deterministic(Model(also).traced(), "net")


def test_what_follows_from_inputs_alone_is_left_as_it_is() -> None:
    for also in (
        lambda y, seen: y * seen,
        lambda y, seen: y + tf.random.stateless_normal((4,), (1, 2)),  # the same numbers each time
        lambda y, seen: tf.cond(seen > 2.0, lambda: noise(y), lambda: y),  # a switch that is off
    ):
        function = Model(also).traced()
        assert deterministic(function, "net") is function


def test_what_a_model_only_does_beside_scoring_is_cut_away() -> None:
    model = Model(counted)
    frozen, takes, gives = freeze(deterministic(model.traced(), "net"))
    assert (len(takes), sorted(gives)) == (1, ["b", "y"])
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        found = tf.graph_util.import_graph_def(frozen, return_elements=[takes[0], gives["y"], gives["b"]], name="")
        y, b = session.run(found[1:], {found[0]: PICTURES})
    np.testing.assert_array_equal(y, PICTURES * 2)
    np.testing.assert_array_equal(b, PICTURES)


def test_a_dropout_that_is_off_may_count_its_draws() -> None:
    """Recurrent layers of Keras do, and change the variable of their seed with every call."""
    image = keras.Input((4, 6, 1))
    scores = keras.layers.GRU(3, dropout=0.4)(keras.layers.Reshape((4, 6))(image))
    network = network_of(keras.Model(image, scores))
    function = tf.function(lambda x: network.run(x, None)).get_concrete_function(tf.TensorSpec((None, 4, 6, 1)))
    frozen, _, _ = freeze(deterministic(function, "net"))
    assert "AssignVariableOp" not in {node.op for node in frozen.node}


@pytest.mark.parametrize("batch", [1, 4])
def test_a_recurrent_layer_that_keeps_its_state_is_told_from_a_fixed_batch(batch: int) -> None:
    def built(*, stateful: bool, reshaped: bool = False) -> keras.Model:
        image = keras.Input(batch_shape=(batch, 4, 6, 1))
        lines = keras.layers.Reshape((4, 6))(image)
        lines = keras.ops.reshape(lines, (batch, 4, 6)) if reshaped else lines
        return keras.Model(image, keras.layers.LSTM(3, stateful=stateful)(lines))

    with pytest.raises(ModelError, match="keeps a state"):
        network_of(built(stateful=True), "net")
    with pytest.raises(ModelError, match=rf"does not run on two pictures .* built for batches of {batch}\): Input to"):
        network_of(built(stateful=False, reshaped=True), "net")
    assert network_of(built(stateful=False), "net").outputs == {"score": 3}
