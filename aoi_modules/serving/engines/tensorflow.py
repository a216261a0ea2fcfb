"""The TensorFlow engine: a SavedModel in a Session of TensorFlow 1's kind.

`tf.saved_model.load` refuses some models that TensorFlow Serving serves (reference variables, shapes that clash with
the graph); the Session loader reads them all. `Session.run` in turn compares shapes with the placeholders before
it runs, which TensorFlow Serving does not. The call below it skips that; it has a private name and stands only here.
"""

import logging
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aoi_modules.errors import ModelError, RpcError
from aoi_modules.first_line import first_line
from aoi_modules.modelstore import layout
from aoi_modules.serving.batching.policy import MAX_ROWS
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.engines import freezing, trial
from aoi_modules.serving.engines.operations import Operations
from aoi_modules.serving.engines.tries import tries
from aoi_modules.settings import preset
from aoi_modules.tf import tf
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.schema import CODES
from aoi_modules.wire.tensors import Array

from tensorflow.python.util import deprecation

NAME = "tensorflow"
SERVE_TAG = "serve"
"""TensorFlow's tag of the graph that a server loads."""
FROZEN_TOLERANCE = 1e-4
"""How far a frozen model's answers may be from the unfrozen one's: folded constants round otherwise."""
SPREAD_GAIN = 1.25
"""Several threads share a request only if that makes it so many times faster: together they do less than each alone."""
MOST_FROZEN = 20 << 20
"""Bytes of graph and variables of a model that is frozen. TensorFlow makes some twenty copies of constants while it
optimizes; a greater network spends its time in products that freezing does not shorten, and runs from its variables."""
CALLS, CALLS_SECONDS = 6, 0.3
"""How often and for how long a model is tried before its threads are chosen."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Threads:
    """Of a session, in TensorFlow's terms: 0 is as many as there are processors, -1 the thread that calls."""

    intra_op: int
    inter_op: int
    gpu_memory_fraction: float = 0.0


MEASURED = Threads(0, 0)
ALONE = Threads(1, -1)
"""Each call on the thread that makes it. Calls side by side use the processors better than one call spread over them:
a small network's operations are too short to be split."""


class TensorFlowEngine:
    """One SavedModel, ready to run."""

    name = NAME
    batch_rows = MAX_ROWS

    def __init__(self, session: tf.compat.v1.Session, signatures: Mapping[str, SignatureDef]) -> None:
        self.signatures = dict(signatures)
        self.session = session
        self._handles = _handles(session.graph, self.signatures)

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, Array]:
        """Computes the named outputs; see `Engine.run`."""
        feeds = {self._handle_of(signature.inputs[name].name): array for name, array in inputs.items()}
        fetches = [self._handle_of(signature.outputs[name].name) for name in outputs]
        try:
            values = self.session._call_tf_sessionrun(None, feeds, fetches, [], None)
        except tf.errors.OpError as error:
            raise RpcError(CODES[error.error_code], error.message) from None
        except (TypeError, ValueError) as error:  # an array that has no TensorFlow form
            raise RpcError("INVALID_ARGUMENT", str(error)) from None
        return dict(zip(outputs, map(np.asarray, values), strict=True))

    def close(self) -> None:
        """Closes the session; see `Engine.close`."""
        self.session.close()

    def _handle_of(self, tensor_name: str) -> object:
        if tensor_name not in self._handles:
            raise RpcError("UNIMPLEMENTED", f"tensor {tensor_name or 'without a name'!r} is not a dense tensor")
        return self._handles[tensor_name]


def load(
    path: Path,
    *,
    intra_op_threads: int = 0,
    inter_op_threads: int = 0,
    tags: Sequence[str] = (SERVE_TAG,),
    gpu_memory_fraction: float = 0.0,
) -> TensorFlowEngine:
    """Loads the SavedModel of a version directory, frozen where it is small and that gives the same answers.

    Args:
        path: folder that holds saved_model.pb.
        intra_op_threads: threads that share the work of one operation; 0 measures what serves best.
        inter_op_threads: operations that run side by side; 0 measures what serves best.
        tags: of the graph to load.
        gpu_memory_fraction: of a GPU's memory that this process may take; 0: as much as it needs.

    Raises:
        ModelError: no SavedModel there, or one that cannot be loaded; in TensorFlow's words.
        UnrunnableModel: it is loaded, and one of its signatures can never answer; see `trial.check`.
    """
    given = Threads(intra_op_threads, inter_op_threads, gpu_memory_fraction)
    # Without it the first session of the process would choose the threads of all.
    preset(TF_OVERRIDE_GLOBAL_THREADPOOL="1")
    engine, graph = _unfrozen(path, given, tags)
    try:
        operations, known = Operations(graph), tries(path, engine.signatures)
        trial.check(engine, operations, path, known, run=False)
        if _size(path) <= MOST_FROZEN:
            engine = _faster(engine, path, given, known)
        ours = (path / layout.MANIFEST_FILE).is_file()  # run by another process before it got its number
        trial.check(engine, operations, path, known, run=not ours)
    except BaseException:  # also where somebody stops the process; it goes on
        engine.close()
        raise
    return engine


def _size(path: Path) -> int:
    """The bytes of graph and variables."""
    files = [path / layout.SAVED_MODEL, *(path / layout.VARIABLES).glob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())


def _unfrozen(path: Path, threads: Threads, tags: Sequence[str]) -> tuple[TensorFlowEngine, Any]:
    """The model as it is, and its GraphDef."""
    session = _session(threads)
    try:
        with session.graph.as_default(), deprecation.silence():
            meta_graph = tf.compat.v1.saved_model.loader.load(session, list(tags), str(path))
        return TensorFlowEngine(session, _signatures(meta_graph)), meta_graph.graph_def
    except Exception as error:  # whatever a model brings along; its words are told
        session.close()
        message = error.message if isinstance(error, tf.errors.OpError) else str(error)
        raise ModelError(f"{path}: cannot be loaded: {message}") from error


def _faster(
    engine: TensorFlowEngine, path: Path, given: Threads, known: Mapping[str, Sequence[Arrays]]
) -> TensorFlowEngine:
    """The same model with constants, if it gives the same answers; the engine given is closed then."""
    try:
        return _frozen(engine, given, known)
    except (ModelError, RpcError) as reason:
        log.debug("%s: stays as it is: %s", path, reason.message)
        return engine


def _frozen(engine: TensorFlowEngine, given: Threads, known: Mapping[str, Sequence[Arrays]]) -> TensorFlowEngine:
    """The same model with constants, on the threads that serve best; the engine given is closed then.

    Raises:
        ModelError: it cannot be frozen, or there is nothing to compare it by, or it would answer otherwise.
        RpcError: it refuses what it is tried with.
    """
    outputs = [info.name for signature in engine.signatures.values() for info in signature.outputs.values()]
    graph, had_variables = freezing.frozen(engine.session, [name for name in outputs if ":" in name])
    if had_variables:
        _check_known(engine, known)
    candidates = [given] if given != MEASURED or _has_gpu() else [ALONE, MEASURED]
    engines = [_of_graph(graph, engine.signatures, threads) for threads in candidates]
    try:
        if had_variables:
            compare(engines[0], engine, known)
        best = engines[0] if len(engines) == 1 else _best(engines, known)
    except BaseException:
        for candidate in engines:
            candidate.close()
        raise
    for other in (engine, *engines):
        if other is not best:
            other.close()
    return best


def _check_known(engine: TensorFlowEngine, known: Mapping[str, Sequence[Arrays]]) -> None:
    unknown = [name for name, signature in engine.signatures.items() if signature.inputs and name not in known]
    if unknown:
        raise ModelError(f"no samples to compare signature {unknown[0]} by")


def _of_graph(graph: Any, signatures: Mapping[str, SignatureDef], threads: Threads) -> TensorFlowEngine:
    session = _session(threads)
    try:
        with session.graph.as_default():
            tf.import_graph_def(graph, name="")
        return TensorFlowEngine(session, signatures)
    except (KeyError, ValueError) as error:
        session.close()
        raise ModelError(f"its frozen graph cannot be used: {first_line(error)}") from None


def compare(one: Engine, other: Engine, known: Mapping[str, Sequence[Arrays]]) -> None:
    """Runs the same inputs on two engines.

    Args:
        one: engine.
        other: engine of the same signatures.
        known: see `tries.tries`.

    Raises:
        ModelError: an answer differs; names signature and output.
    """
    for name, blocks in known.items():
        signature = one.signatures[name]
        for inputs in blocks:
            found, expected = (engine.run(signature, inputs, sorted(signature.outputs)) for engine in (one, other))
            for output, values in expected.items():
                if not _equal(found[output], values):
                    raise ModelError(f"frozen, signature {name} gives another {output}")


def _equal(one: Array, other: Array) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    return bool(np.allclose(one, other, rtol=FROZEN_TOLERANCE, atol=FROZEN_TOLERANCE, equal_nan=True))


def _best(engines: Sequence[TensorFlowEngine], known: Mapping[str, Sequence[Arrays]]) -> TensorFlowEngine:
    """The first engine, which does with one thread, unless another answers one request much sooner."""
    if not known:
        return engines[-1]
    name = layout.DEFAULT_SIGNATURE if layout.DEFAULT_SIGNATURE in known else next(iter(known))
    inputs = {key: array[:1] if array.ndim else array for key, array in known[name][0].items()}
    first, *others = (_seconds(engine, name, inputs) for engine in engines)
    for engine, seconds in zip(engines[1:], others, strict=True):
        if seconds * SPREAD_GAIN < first:
            return engine
    return engines[0]


def _seconds(engine: TensorFlowEngine, name: str, inputs: Arrays) -> float:
    """The median of a few calls, after one in which TensorFlow optimizes the graph; of a slow model only one."""
    signature = engine.signatures[name]
    durations: list[float] = []
    while len(durations) < CALLS and sum(durations[1:]) < CALLS_SECONDS:
        began = time.perf_counter()
        engine.run(signature, inputs, sorted(signature.outputs))
        durations.append(time.perf_counter() - began)
    return statistics.median(durations[1:] or durations)


def _session(threads: Threads) -> tf.compat.v1.Session:
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=threads.intra_op,
        inter_op_parallelism_threads=threads.inter_op,
        # A GPU is shared with the trainee's own work; TensorFlow would take all of its memory at once.
        gpu_options=tf.compat.v1.GPUOptions(
            allow_growth=True, per_process_gpu_memory_fraction=threads.gpu_memory_fraction
        ),
    )
    return tf.compat.v1.Session(graph=tf.Graph(), config=config)


def _has_gpu() -> bool:
    return bool(tf.config.list_physical_devices("GPU"))


def _signatures(meta_graph: Any) -> dict[str, SignatureDef]:
    return {name: SignatureDef.FromString(s.SerializeToString()) for name, s in meta_graph.signature_def.items()}


def _handles(graph: tf.Graph, signatures: Mapping[str, SignatureDef]) -> dict[str, object]:
    """What the session feeds and fetches, by tensor name. The signature of the initializer names an operation."""
    infos = [i for signature in signatures.values() for i in (*signature.inputs.values(), *signature.outputs.values())]
    return {info.name: graph.get_tensor_by_name(info.name)._as_tf_output() for info in infos if ":" in info.name}
