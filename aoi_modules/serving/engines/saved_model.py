"""A SavedModel -> a session that can run it.

TensorFlow's `saved_model.loader.load` takes the same steps, but reads the file twice and keeps both in memory.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aoi_modules.serving.engines import lifting
from aoi_modules.tf import tf
from aoi_modules.wire.messages import SignatureDef

from tensorflow.core.framework.graph_pb2 import GraphDef
from tensorflow.python.saved_model.loader_impl import SavedModelLoader


def restore(
    session: tf.compat.v1.Session, path: Path, tags: Sequence[str], *, lifted: bool
) -> tuple[dict[str, SignatureDef], Any]:
    """Reads the graph of a version directory into a session, its variables and what it runs first.

    Args:
        session: whose graph is empty.
        path: folder that holds saved_model.pb.
        tags: of the graph to load.
        lifted: whether large constants become variables.

    Returns:
        The signatures, and the GraphDef as it is in the session.
    """
    loader = SavedModelLoader(str(path))
    meta_graph = loader.get_meta_graph_def_from_tags(tags)
    constants = lifting.lift(meta_graph.graph_def) if lifted else []
    with session.graph.as_default():
        saver, _ = loader.load_graph(session.graph, tags)
        lifting.restore(session, constants)
        loader.restore_variables(session, saver)
        loader.run_init_ops(session, tags)
    signatures = {
        name: SignatureDef.FromString(one.SerializeToString()) for name, one in meta_graph.signature_def.items()
    }
    # A copy: messages keep the memory of what was taken out of them.
    return signatures, GraphDef.FromString(meta_graph.graph_def.SerializeToString())
