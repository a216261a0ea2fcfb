"""Which heads need which part of a graph, and what it costs."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.inspect.anatomy import Anatomy, Block
from aoi_modules.tf import tf
from tests.export.inspect.merged_graphs import CHANNELS, Made, merged, weights

FIRST = 3 * 3 * 3 * CHANNELS
"""Weights of a first layer, `LATER` of one after it."""
LATER = 3 * 3 * CHANNELS * CHANNELS


def anatomy(models: dict[str, Made]) -> Anatomy:
    return Anatomy.of(merged(models), list(models))


def layers(found: Anatomy) -> dict[str, Block]:
    return {block.name: block for block in found.blocks if block.kind == "layers" and block.operations}


def arrows(found: Anatomy) -> set[tuple[str, str]]:
    return {(found.blocks[start].name, found.blocks[end].name) for start, end in found.edges}


def test_one_model_is_its_input_its_size_and_its_layers() -> None:
    found = anatomy({"defect": Made((1, 2))})
    assert arrows(found) == {("image", "resize 24 x 32 x 3"), ("resize 24 x 32 x 3", "defect")}
    own = layers(found)["defect"]
    assert (own.heads, own.convolutions, own.weights) == (("defect",), 2, FIRST + LATER + CHANNELS)
    assert own.multiply_adds == 12 * 16 * FIRST + 6 * 8 * LATER + CHANNELS
    assert (found.shared_work_percent, found.times_apart, found.ends) == (0, 1, {"defect": (2,)})


def test_four_heads_on_one_trunk_share_all_but_their_last_layer() -> None:
    heads = ("short", "open", "spur", "copper")
    found = anatomy({head: Made((1, 2, 3)) for head in heads})
    assert list(layers(found)) == ["trunk", *heads]
    assert layers(found)["trunk"].heads == heads
    assert {start for start, end in arrows(found) if end in heads} == {"trunk"}
    trunk, total = FIRST + 2 * LATER, FIRST + 2 * LATER + 4 * CHANNELS
    # the number that scales pixels is shared too
    assert found.shared_weights_percent == pytest.approx(100 * (trunk + 1) / (total + 1))
    assert found.apart == 4 * (found.multiply_adds - 3 * CHANNELS)
    assert 3.9 < found.times_apart < 4


def test_a_trunk_that_was_tuned_in_part_is_shared_in_part() -> None:
    found = anatomy({"a": Made((1, 2, 3)), "b": Made((1, 2, 4)), "c": Made((1, 5, 6))})
    assert {name: block.convolutions for name, block in layers(found).items()} == {
        "trunk": 1,
        "trunk of a, b": 1,
        "a": 1,
        "b": 1,
        "c": 2,
    }
    assert {("trunk", "trunk of a, b"), ("trunk", "c"), ("trunk of a, b", "a")} <= arrows(found)


def test_models_of_their_own_sizes_share_the_picture_only() -> None:
    found = anatomy({"a": Made((1, 2)), "b": Made((1, 2), size=(48, 48)), "c": Made((3,))})
    sizes = {block.name: block.heads for block in found.blocks if block.kind == "resize"}
    assert sizes == {"resize 24 x 32 x 3": ("a", "c"), "resize 48 x 48 x 3": ("b",)}
    assert {("resize 24 x 32 x 3", "a"), ("resize 24 x 32 x 3", "c"), ("resize 48 x 48 x 3", "b")} <= arrows(found)
    assert (found.shared_work_percent, found.times_apart) == (0, 1)


def test_numbers_beside_the_picture_are_an_input_of_the_heads_that_take_them() -> None:
    found = anatomy({"price": Made((1, 2), features=5), "room": Made((1, 2))})
    assert [block.name for block in found.blocks if block.kind == "input"] == ["image", "features"]
    assert {start for start, end in arrows(found) if end == "price"} == {"trunk", "features"}
    assert {start for start, end in arrows(found) if end == "room"} == {"trunk"}


def test_numbers_that_join_the_picture_before_any_weights_are_layers() -> None:
    found = anatomy({"price": Made((), features=5), "room": Made((1,))})
    assert {start for start, end in arrows(found) if end == "price"} == {"resize 24 x 32 x 3", "features"}
    assert all(end in layers(found) for start, end in arrows(found) if start == "features")


def test_constants_that_strangers_have_in_common_are_shared_without_being_a_trunk() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 6), name="image")
        both = tf.constant([2.0, 3.0])
        for head in ("a", "b"):
            tf.identity(tf.matmul(image, weights(ord(head), 6, 2)) * both, name=head)
    found = Anatomy.of(graph.as_graph_def(), ["a", "b"])
    assert [(block.name, block.weights) for block in found.blocks[1:]] == [("constants", 2), ("a", 12), ("b", 12)]
    assert arrows(found) == {("image", "a"), ("image", "b")}
    assert found.shared_weights_percent == pytest.approx(100 * 2 / 26)


def test_a_head_that_is_another_ones_output_ends_in_the_trunk() -> None:
    graph = merged({"a": Made((1, 2))})
    twin = graph.node.add(name="b", op="Identity", input=["a"])
    twin.attr["T"].type = tf.float32.as_datatype_enum
    found = Anatomy.of(graph, ["a", "b"])
    (trunk,) = layers(found).values()
    assert (trunk.name, found.ends["a"], found.ends["b"]) == ("trunk", (2,), (2,))
    assert found.shared_work_percent == 100


def test_work_that_cannot_be_counted_is_named() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, None, None, 3), name="image")
        x = tf.nn.conv2d(image, tf.ones((3, 3, 3, 4)), 1, "SAME", name="any_size")
        tf.identity(tf.reduce_mean(x, (1, 2)), name="score")
    found = Anatomy.of(graph.as_graph_def(), ["score"])
    assert (found.uncounted, found.multiply_adds, found.times_apart) == (("any_size",), 0, 1)


def test_half_precision_weights_take_two_bytes() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 6, 6, 3), name="image")
        x = tf.nn.depthwise_conv2d(image, tf.cast(tf.ones((3, 3, 3, 2), tf.float16), tf.float32), [1] * 4, "VALID")
        tf.identity(x, name="score")
    found = Anatomy.of(graph.as_graph_def(), ["score"])
    assert (found.weights, found.weight_bytes, found.multiply_adds) == (54, 108, 4 * 4 * 6 * 9)


def test_it_is_json() -> None:
    found = anatomy({"a": Made((1,)), "b": Made((1,))})
    assert msgspec.json.decode(msgspec.json.encode(found), type=Anatomy) == found


@pytest.mark.parametrize("heads", [[], ["price"]])
def test_an_output_that_is_not_there_is_named(heads: list[str]) -> None:
    with pytest.raises(ModelError, match="price" if heads else "none"):
        Anatomy.of(GraphDef(), heads)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 2), st.integers(3, 4), st.integers(5, 6)), min_size=1, max_size=4))
def test_what_is_shared_and_what_is_saved_follow_from_the_layers(trunks: list[tuple[int, int, int]]) -> None:
    models = {f"head{number}": Made(trunk) for number, trunk in enumerate(trunks)}
    found = anatomy(models)
    assert sum(block.convolutions for block in found.blocks) == len({t[:depth] for t in trunks for depth in (1, 2, 3)})
    assert found.apart == sum(anatomy({head: model}).multiply_adds for head, model in models.items())
    assert all(start < end for start, end in found.edges)
    assert (found.shared_work_percent > 0) == (found.times_apart > 1)
