"""The graphs of a servable: decode, resize and the heads, behind the signatures of `modelstore.layout`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aoi_modules.datasets.decoding import decode_pixels, gray, resize_pictures
from aoi_modules.export import graph as graphs
from aoi_modules.export.component import Component
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.joining import input_name
from aoi_modules.export.rewriting.computing_ahead import compute_ahead
from aoi_modules.export.rewriting.folding import fold
from aoi_modules.export.rewriting.grouping import ungroup
from aoi_modules.export.rewriting.own_functions import with_own_functions
from aoi_modules.modelstore.layout import (
    DEFAULT_SIGNATURE,
    FEATURES,
    IMAGE,
    MANIFEST_OUTPUT,
    MANIFEST_SIGNATURE,
    PIXELS_SIGNATURE,
)
from aoi_modules.modelstore.manifest import Manifest, PictureInput
from aoi_modules.tf import tf


@dataclass(frozen=True)
class Core:
    """From resized pictures to scores: what all signatures of a component run.

    Args:
        component: whose models it holds.
        graph: takes float32 (N, H, W, C) for each size under `joining.input_name`, and `features`.
        variables: nodes of the graph whose value comes from a variable.
    """

    component: Component
    graph: GraphDef
    variables: dict[str, tf.Variable] = field(default_factory=dict)

    @classmethod
    def frozen(cls, component: Component, graph: GraphDef) -> "Core":
        """With constants, and everything computed ahead that can be."""
        outputs = component.outputs
        folded = ungroup(fold(compute_ahead(graph, outputs), outputs))
        return cls(component, with_own_functions(graphs.optimize(folded, outputs)))

    @classmethod
    def with_variables(cls, component: Component, graph: GraphDef, names: dict[str, str]) -> "Core":
        """With the variables that the models had, each once, and their operations as they were, but for groups.

        Args:
            component: whose models it holds.
            graph: with constants.
            names: {digest of a variable's content: its name}.
        """
        variables, graph = {}, ungroup(graph)
        for node in graph.node:
            if node.op == "Const":
                value = tf.make_ndarray(node.attr["value"].tensor)
                if (name := names.get(graphs.digest(value))) is not None:
                    variables[node.name] = tf.Variable(value, name=name.partition(":")[0], trainable=False)
        return cls(component, with_own_functions(graph), variables)

    def scores(self, pictures: dict[str, tf.Tensor], features: Sequence[tf.Tensor]) -> dict[str, tf.Tensor]:
        """The heads' answers.

        Args:
            pictures: {`input_name` of a size: float32 (N, H, W, C) in [0, 255]}.
            features: one tensor, float32 (N, F), or none.

        Returns:
            {head: float32 (N, K)}, and of a map float32 (N, rows, columns).
        """
        fed = {f"{name}:0": tensor for name, tensor in pictures.items()}
        fed |= {f"{FEATURES}:0": tensor for tensor in features}
        fed |= {f"{node}:0": variable.read_value() for node, variable in self.variables.items()}
        kept = GraphDef(versions=self.graph.versions, library=self.graph.library)
        kept.node.extend(node for node in self.graph.node if f"{node.name}:0" not in fed)
        given = {f"^{graphs.node_of(tensor)}" for tensor in fed}
        for node in kept.node:  # nothing has to wait for what is given; TensorFlow's optimizer lets constants do so
            node.input[:] = [tensor for tensor in node.input if tensor not in given]
        wanted = {graphs.node_of(tensor) for node in kept.node for tensor in node.input}
        outputs = self.component.outputs
        results = tf.import_graph_def(
            kept,
            input_map={tensor: value for tensor, value in fed.items() if graphs.node_of(tensor) in wanted},
            return_elements=[f"{output}:0" for output in outputs],
            name="heads",
        )
        return dict(zip(outputs, results, strict=True))


def trace(core: Core, manifest: Manifest) -> dict[str, Any]:
    """Traces the signatures of `modelstore.layout`. Decode, resize and scaling live in these graphs, nowhere else.

    Args:
        core: from resized pictures to scores.
        manifest: that the signature `manifest` answers.

    Returns:
        {signature: concrete function}, as `tf.saved_model.save` takes them.
    """
    component = core.component
    sizes, channels = component.sizes, component.picture.channels
    batches = [tf.TensorSpec((None, size.height, size.width, size.channels), tf.float32) for size in sizes]
    # A model takes a picture, or a picture and features: the signatures have one argument or two.
    numbers = [tf.TensorSpec((None, len(component.features)), tf.float32, name=FEATURES)] if component.features else []

    # One function that both signatures call: its constants are in the file once.
    @tf.function(input_signature=[batches, numbers])
    def scores(pictures: list[tf.Tensor], features: list[tf.Tensor]) -> dict[str, tf.Tensor]:
        return core.scores(dict(zip(map(input_name, sizes), pictures, strict=True)), features)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name=IMAGE), *numbers])
    def encoded(image: tf.Tensor, *features: tf.Tensor) -> dict[str, tf.Tensor]:
        return scores(decoded(image, sizes), list(features))  # type: ignore[no-any-return]  # tf.function

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, channels), tf.uint8, name=IMAGE), *numbers])
    def pixels(image: tf.Tensor, *features: tf.Tensor) -> dict[str, tf.Tensor]:
        return scores(resized(image, sizes), list(features))  # type: ignore[no-any-return]  # tf.function

    @tf.function(input_signature=[])
    def manifest_json() -> dict[str, tf.Tensor]:
        return {MANIFEST_OUTPUT: tf.constant(manifest.to_json())}

    return {
        DEFAULT_SIGNATURE: encoded.get_concrete_function(),
        PIXELS_SIGNATURE: pixels.get_concrete_function(),
        MANIFEST_SIGNATURE: manifest_json.get_concrete_function(),
    }


def frozen_pixels(core: Core) -> GraphDef:
    """The signature `pixels` as one graph without functions, which engines other than TensorFlow read.

    It takes `image`, uint8 (N, h, w, C), and perhaps `features`, float32 (N, F); it gives float32 (N, K) for each head.
    """
    component = core.component
    whole = tf.Graph()
    with whole.as_default():
        image = tf.compat.v1.placeholder(tf.uint8, (None, None, None, component.picture.channels), name=IMAGE)
        width = len(component.features)
        numbers = [tf.compat.v1.placeholder(tf.float32, (None, width), name=FEATURES)] if width else []
        names = map(input_name, component.sizes)
        pictures = dict(zip(names, resized(image, component.sizes), strict=True))
        for output, result in core.scores(pictures, numbers).items():
            tf.identity(result, name=output)
    return graphs.optimize(whole, component.outputs)


def resized(pixels: tf.Tensor, sizes: Sequence[PictureInput]) -> list[tf.Tensor]:
    """Pictures as the models look at them: uint8 (N, h, w, C) to float32 (N, H, W, c), one for each size."""
    return [
        resize_pictures(gray(pixels) if size.channels < pixels.shape[-1] else pixels, size.height, size.width)
        for size in sizes
    ]


def decoded(encoded: tf.Tensor, sizes: Sequence[PictureInput]) -> list[tf.Tensor]:
    """Decodes string (N,) to float32 (N, H, W, c), one for each size; every picture is decoded once."""
    specs = [tf.TensorSpec((size.height, size.width, size.channels), tf.float32) for size in sizes]

    def one(picture: tf.Tensor) -> list[tf.Tensor]:
        return [batch[0] for batch in resized(decode_pixels(picture)[tf.newaxis], sizes)]

    pictures: list[tf.Tensor] = tf.map_fn(one, encoded, fn_output_signature=specs)
    return pictures
