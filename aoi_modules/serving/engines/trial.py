"""Each signature is run once before its version is served: what cannot run, whatever it is given, is refused.

A graph can be read and restored and still be of no use: it calls back into Python, an operation has no kernel for this
machine, a table was never filled. The version that is served would be unloaded for it.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from aoi_modules.errors import ModelError, RpcError, UnrunnableModel
from aoi_modules.first_line import first_line
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.engines.operations import PYTHON, Operations, changes_state
from aoi_modules.serving.engines.tries import made
from aoi_modules.wire.messages import SignatureDef

log = logging.getLogger(__name__)

_WITHOUT_FAULT = frozenset({"INVALID_ARGUMENT", "OUT_OF_RANGE", "DATA_LOSS", "CANCELLED", "ABORTED"})
"""Codes of a model that refuses what it was given: made inputs need not be to its liking."""
_NO_KERNEL = ("No OpKernel was registered", "Op type not registered")
"""What TensorFlow says, by INVALID_ARGUMENT, of operations that this machine cannot run."""
_FILES = frozenset({"ReadFile", "MatchingFiles", "WholeFileReaderV2"})
"""Operations whose inputs name files, which made ones do not."""


def check(
    engine: Engine, operations: Operations, path: Path, known: Mapping[str, Sequence[Arrays]], *, run: bool = True
) -> None:
    """Runs each signature of an engine once, unless that would change what the model keeps.

    Args:
        engine: just loaded.
        operations: of the graph in its version directory.
        path: the version directory, for messages.
        known: inputs by signature, see `tries.tries`; for others they are made.
        run: without it, only the operations are looked at.

    Raises:
        UnrunnableModel: a signature cannot be run, whatever its inputs; says which one, and why.
        ModelError: there is no memory for it now.
    """
    for name, signature in engine.signatures.items():
        if not _is_dense(signature):
            continue
        needed = operations.computing([info.name for info in signature.outputs.values()])
        if needed & PYTHON:
            raise UnrunnableModel(
                f"{path}: signature {name} calls back into Python ({', '.join(sorted(needed & PYTHON))}), which only "
                "the program that wrote the model can do",
                hint="write that step with TensorFlow's own operations, and export the model again",
            )
        if not run or any(map(changes_state, needed)):
            continue
        inputs = _one_row(signature, known[name][0]) if known.get(name) else made(signature)
        if inputs is not None:
            _try(engine, name, inputs, path, reads_files=bool(needed & _FILES))


def _is_dense(signature: SignatureDef) -> bool:
    """Whether every input and output is one tensor. That of the initializer, among others, is an operation."""
    infos = [*signature.inputs.values(), *signature.outputs.values()]
    return bool(signature.outputs) and all(":" in info.name for info in infos)


def _one_row(signature: SignatureDef, inputs: Arrays) -> Arrays:
    """The first row of inputs whose number of rows is open: one is enough."""
    for name, array in inputs.items():
        info = signature.inputs[name]
        if not array.ndim or not info.tensor_shape.dim or info.tensor_shape.dim[0].size >= 0:
            return inputs
    return {name: array[:1] for name, array in inputs.items()}


def _try(engine: Engine, name: str, inputs: Arrays, path: Path, *, reads_files: bool) -> None:
    signature = engine.signatures[name]
    try:
        engine.run(signature, inputs, sorted(signature.outputs))
    except RpcError as error:
        text = f"{path}: signature {name} cannot be run: {first_line(error)}"
        if error.code == "RESOURCE_EXHAUSTED":
            raise ModelError(text, hint="free memory, or serve fewer models here") from error
        if not reads_files and (
            error.code not in _WITHOUT_FAULT or any(words in error.message for words in _NO_KERNEL)
        ):
            raise UnrunnableModel(text, hint="call the signature in a new Python process to see the same") from error
        log.debug("%s: signature %s refuses made inputs, which says nothing: %s", path, name, error.message)
