"""The TensorFlow engine: a SavedModel in a Session of TensorFlow 1's kind.

`tf.saved_model.load` refuses some models that TensorFlow Serving serves (reference variables, shapes that clash with
the graph); the Session loader reads them all. `Session.run` in turn compares shapes with the placeholders before
it runs, which TensorFlow Serving does not. The call below it skips that; it has a private name and stands only here.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError, RpcError
from aoi_modules.serving.engine import Arrays
from aoi_modules.tf import tf
from aoi_modules.wire.messages import CODES, SignatureDef

NAME = "tensorflow"
SERVE_TAG = "serve"


class TensorFlowEngine:
    """One SavedModel, ready to run."""

    name = NAME

    def __init__(self, session: tf.compat.v1.Session, signatures: Mapping[str, SignatureDef]) -> None:
        self.signatures = dict(signatures)
        self._session = session
        self._handles = _handles(session.graph, self.signatures)

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Computes the named outputs; see `Engine.run`."""
        feeds = {self._handle_of(signature.inputs[name].name): array for name, array in inputs.items()}
        fetches = [self._handle_of(signature.outputs[name].name) for name in outputs]
        try:
            values = self._session._call_tf_sessionrun(None, feeds, fetches, [], None)
        except tf.errors.OpError as error:
            raise RpcError(CODES[error.error_code], error.message) from None
        except (TypeError, ValueError) as error:  # an array that has no TensorFlow form
            raise RpcError("INVALID_ARGUMENT", str(error)) from None
        return dict(zip(outputs, map(np.asarray, values), strict=True))

    def close(self) -> None:
        self._session.close()

    def _handle_of(self, tensor_name: str) -> object:
        if tensor_name not in self._handles:
            raise RpcError("UNIMPLEMENTED", f"tensor {tensor_name or 'without a name'!r} is not a dense tensor")
        return self._handles[tensor_name]


def load(path: Path, *, intra_op_threads: int = 0, inter_op_threads: int = 0) -> TensorFlowEngine:
    """Loads the SavedModel of a version directory.

    Args:
        path: folder that holds saved_model.pb.
        intra_op_threads: threads that share the work of one operation; 0 lets TensorFlow choose.
        inter_op_threads: operations that run side by side; 0 lets TensorFlow choose.

    Raises:
        ModelError: no SavedModel there, or one that cannot be loaded; in TensorFlow's words.
    """
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=intra_op_threads,
        inter_op_parallelism_threads=inter_op_threads,
        # A GPU is shared with the trainee's own work; TensorFlow would take all of its memory at once.
        gpu_options=tf.compat.v1.GPUOptions(allow_growth=True),
    )
    session = tf.compat.v1.Session(graph=tf.Graph(), config=config)
    try:
        with session.graph.as_default():
            meta_graph = tf.compat.v1.saved_model.loader.load(session, [SERVE_TAG], str(path))
        return TensorFlowEngine(session, _signatures(meta_graph))
    except Exception as error:
        session.close()
        message = error.message if isinstance(error, tf.errors.OpError) else str(error)
        raise ModelError(f"{path}: cannot be loaded: {message}") from error


def _signatures(meta_graph: Any) -> dict[str, SignatureDef]:
    return {name: SignatureDef.FromString(s.SerializeToString()) for name, s in meta_graph.signature_def.items()}


def _handles(graph: tf.Graph, signatures: Mapping[str, SignatureDef]) -> dict[str, object]:
    """What the session feeds and fetches, by tensor name. The signature of the initializer names an operation."""
    infos = [i for signature in signatures.values() for i in (*signature.inputs.values(), *signature.outputs.values())]
    return {info.name: graph.get_tensor_by_name(info.name)._as_tf_output() for info in infos if ":" in info.name}
