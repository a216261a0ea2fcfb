"""Weights in fewer bytes: stored as float16, computed as float32.

The file shrinks to half. TensorFlow and OpenVINO make float32 of the constants once, at load, so the speed of a CPU
stays what it was.
"""

from itertools import chain
from typing import Literal

import numpy as np

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.graph import GraphDef, NodeDef, constant
from aoi_modules.modelstore.manifest import FLOAT32_TOLERANCE
from aoi_modules.tf import tf

Precision = Literal["float32", "float16"]
TOLERANCE: dict[str, float] = {"float32": FLOAT32_TOLERANCE, "float16": 1e-2, "bfloat16": 2e-2}
"""Greatest difference between a servable's scores and its sources': float32 arithmetic in another order, or numbers
that were rounded to eleven bits, or to eight."""
_SMALL = 64
"""Constants of fewer numbers stay as they are: they weigh nothing, and shapes and offsets are among them."""


def tolerance(graph: GraphDef, precision: Precision) -> float:
    """The greatest difference that rounding explains: of the weights as they are stored, or of the model's own sums.

    Args:
        graph: of the models; it may compute in fewer bits than 32, as those trained in mixed precision do.
        precision: in which weights are stored.
    """
    nodes = chain(graph.node, *(function.node_def for function in graph.library.function))
    types = {node.attr[key].type for node in nodes for key in ("T", "DstT") if key in node.attr}
    computed = [name for name in TOLERANCE if tf.as_dtype(name).as_datatype_enum in types]
    return max(TOLERANCE[name] for name in (precision, *computed))


def stored(graph: GraphDef, precision: Precision) -> GraphDef:
    """The same graph with its weights in that precision.

    Raises:
        ModelError: a weight is beyond the range of float16.
    """
    if precision == "float32":
        return graph
    result = GraphDef(versions=graph.versions, library=graph.library)
    for node in graph.node:
        if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
            result.node.append(node)
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        if value.size < _SMALL:
            result.node.append(node)
            continue
        if np.abs(value).max() > np.finfo(np.float16).max:
            wrong = Argument("precision", precision)
            raise ModelError(
                f"{wrong}: {node.name} holds {np.abs(value).max():g}, more than float16 can", arguments=[wrong]
            )
        half = constant(f"{node.name}/float16", value.astype(np.float16))
        cast = NodeDef(name=node.name, op="Cast", input=[half.name])
        cast.attr["SrcT"].type = tf.float16.as_datatype_enum
        cast.attr["DstT"].type = tf.float32.as_datatype_enum
        result.node.extend([half, cast])
    return result
