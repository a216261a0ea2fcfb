"""The functions that a graph calls, such as bodies of loops, under names that no other graph has.

TensorFlow numbers them anew in each process, so two files have a `while_body_10` each. And a graph that was rewritten
has others under the names of its source. One process can hold only one function of a name.
"""

import hashlib

from aoi_modules.export.graph import GraphDef


def with_own_functions(definition: GraphDef) -> GraphDef:
    """The graph with names of its functions that no other graph has; the same for equal graphs."""
    if not definition.library.function:
        return definition
    mark = hashlib.sha256(definition.SerializeToString(deterministic=True)).hexdigest()[:12]
    names = {function.signature.name for function in definition.library.function}
    renamed = GraphDef()
    renamed.CopyFrom(definition)
    nodes = list(renamed.node)
    for function in renamed.library.function:
        function.signature.name += f"_{mark}"
        nodes += function.node_def
    for gradient in renamed.library.gradient:
        gradient.function_name += f"_{mark}"
        gradient.gradient_func += f"_{mark}"
    for node in nodes:
        if node.op in names:
            node.op += f"_{mark}"
        for value in node.attr.values():
            for called in (value.func, *value.list.func):
                if called.name in names:
                    called.name += f"_{mark}"
    return renamed
