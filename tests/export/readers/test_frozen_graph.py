"""Frozen graphs as they come out of files."""

from pathlib import Path

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.frozen_graph import FrozenGraph, listed
from aoi_modules.tf import tf


def graph() -> FrozenGraph:
    """x -> y -> z, a second end, and a placeholder that nobody takes."""
    held = tf.Graph()
    with held.as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 3), name="x")
        tf.compat.v1.placeholder(tf.bool, (), name="spare")
        y = tf.negative(x, name="y")
        tf.abs(y, name="z")
        tf.square(x, name="other")
    return FrozenGraph(held.as_graph_def(), "net.pb")


def test_what_must_be_fed_and_what_comes_out() -> None:
    assert graph().placeholders == ["x", "spare"]
    assert graph().loose_ends == ["z", "other"]


def test_what_is_needed_ends_at_what_is_given() -> None:
    assert graph().needed_by(["z:0"], []).keys() == {"x", "y", "z"}
    assert graph().needed_by(["z"], ["y:0"]).keys() == {"z"}


def test_shapes_and_types_are_inferred() -> None:
    found = graph().tensors(["z", "x:0"])
    assert [str(tensor) for tensor in found.values()] == ["z float32 (None, 3)", "x:0 float32 (None, 3)"]


def test_a_node_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"net\.pb: has no node 'w'") as caught:
        graph().tensors(["w:0"])
    assert caught.value.hint == "placeholders: x, spare; ends: z, other"


def test_a_file_is_read_or_named(tmp_path: Path) -> None:
    file = tmp_path / "net.pb"
    with pytest.raises(ModelError, match=r"net\.pb: No such file"):
        FrozenGraph.read(file)
    file.write_bytes(graph().definition.SerializeToString())
    assert FrozenGraph.read(file) == FrozenGraph(graph().definition, str(file))
    assert FrozenGraph.read(file, "models/tile/1").origin == "models/tile/1"
    file.write_bytes(b"\xff\xff")
    with pytest.raises(ModelError, match=r"net\.pb: not readable as a TensorFlow graph"):
        FrozenGraph.read(file)


def test_long_lists_are_cut() -> None:
    assert listed([]) == "none"
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(15)]).endswith("10, 11 and 3 more")
