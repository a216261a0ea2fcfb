"""The models of a component as one graph, in which equal parts are there once."""

from typing import Any

import numpy as np
from google.protobuf.message import EncodeError

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.export import graph as graphs
from aoi_modules.export.component import Component
from aoi_modules.export.determinism import deterministic
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.rewriting.sharing import share
from aoi_modules.first_line import first_line
from aoi_modules.modelstore.layout import FEATURES
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf


def input_name(size: PictureInput) -> str:
    """What the joined graph calls the pictures of one size."""
    return f"picture_{size.height}x{size.width}x{size.channels}"


def join(component: Component) -> tuple[GraphDef, dict[str, str]]:
    """All members as one graph. They come one after the other, so no more is held than the result and one model.

    Returns:
        The graph, with constants for weights: takes float32 (N, H, W, C) in [0, 255] for each size under
        `input_name(size)`, and `features`; gives one output named after each head. And the names that the weights had
        as variables: {digest of the content: name}.

    Raises:
        ModelError: a model is random or keeps a state, cannot be frozen, a weight is not a number, or together they are
            too large for one graph.
    """
    joined = _inputs(component)
    names: dict[str, str] = {}
    kept = [node.name for node in joined.node]  # what has to stay, the inputs at first
    for number, member in enumerate(component.members):
        traced = _traced(member)
        names.update({graphs.digest(variable.numpy()): variable.name for variable in traced.variables})
        kept += member.outputs
        joined = share(_with_member(joined, member, traced, f"member_{number}"), kept)
    return graphs.without_calls(graphs.pruned(joined, component.outputs), component.outputs), names


def _inputs(component: Component) -> GraphDef:
    """A graph of nothing but the inputs."""
    empty = tf.Graph()
    with empty.as_default():
        for size in component.sizes:
            shape = (None, size.height, size.width, size.channels)
            tf.compat.v1.placeholder(tf.float32, shape, name=input_name(size))
        if component.features:
            tf.compat.v1.placeholder(tf.float32, (None, len(component.features)), name=FEATURES)
    return empty.as_graph_def()


def _with_member(joined: GraphDef, member: ModelSource, traced: Any, scope: str) -> GraphDef:
    """The graph with another model in it, under a name of its own, and its heads under theirs."""
    frozen, takes, gives = graphs.freeze(deterministic(traced, member.name))
    _check_numbers(member, frozen)
    fed = [input_name(member.picture), *([FEATURES] if member.features else [])]
    if len(takes) != len(fed):
        raise ModelError(
            f"{member.name}: expected scores that follow from its inputs and weights. They also need lookup tables or "
            f"other resources: {len(takes) - len(fed)}",
            hint="name outputs before the lookup: tables cannot become part of a servable",
        )
    together = graphs.imported(joined)
    with together.as_default():
        answers = tf.import_graph_def(
            frozen,
            input_map={name: together.get_tensor_by_name(f"{own}:0") for name, own in zip(takes, fed, strict=True)},
            return_elements=[gives[output] for output in member.outputs],
            name=scope,
        )
        for output, answer in zip(member.outputs, answers, strict=True):
            tf.identity(answer, name=output)
    try:
        return together.as_graph_def()
    except (ValueError, EncodeError) as error:
        raise ModelError(
            f"{member.name}: does not fit into one graph with the models before it: graphs end at 2 GiB",
            hint="serve them as two components, or put the heads on one trunk",
        ) from error


def _traced(member: ModelSource) -> Any:
    """A member as a function of TensorFlow: pictures, and features if it takes any."""
    size = member.picture
    takes = [tf.TensorSpec((None, size.height, size.width, size.channels), tf.float32)]
    if member.features:
        takes.append(tf.TensorSpec((None, len(member.features)), tf.float32))

    @tf.function(input_signature=takes)
    def scores(pictures: tf.Tensor, *features: tf.Tensor) -> dict[str, tf.Tensor]:
        answers = member.network.run(pictures, features[0] if features else None)
        return {name: tf.cast(answers[name], tf.float32) for name in member.outputs}

    try:
        return scores.get_concrete_function()
    except AoiError:
        raise
    except Exception as error:  # whatever the code of other people's layers raises
        raise ModelError(
            f"{member.name}: cannot be made a graph that takes any number of pictures: {first_line(error)}"
        ) from error


def _check_numbers(member: ModelSource, frozen: GraphDef) -> None:
    """Refuses weights that are not numbers; a training that diverged leaves them."""
    for name, value in graphs.constants(frozen).items():
        if value.dtype.kind == "f" and np.isnan(value).any():
            heads = ", ".join(head.name for head in member.heads)
            raise ModelError(
                f"head {heads}: {member.name} has {int(np.isnan(value).sum())} weights of {value.size} that are not a "
                f"number, in {name.removesuffix('/resource')}",
                hint="train it again, with a lower learning rate",
            )
