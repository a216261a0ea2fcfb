"""Which engine runs a model: the one that --engine names or, by `auto`, OpenVINO where it is proved, else TensorFlow.

Neither is imported before a model needs it: TensorFlow alone takes three seconds and 300 MB.
"""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aoi_modules.errors import AoiError, MissingExtra
from aoi_modules.serving.engine import Engine, EngineLoader, EngineName
from aoi_modules.serving.engines.proof import prove

log = logging.getLogger(__name__)


def engine_loader(
    name: EngineName,
    *,
    intra_op_threads: int = 0,
    inter_op_threads: int = 0,
    tags: Sequence[str] = ("serve",),
    gpu_memory_fraction: float = 0.0,
) -> EngineLoader:
    """The way to load version directories by that engine.

    Args:
        name: of the engine.
        intra_op_threads: threads that share one operation; 0: the engine decides.
        inter_op_threads: operations that run side by side in TensorFlow; 0: TensorFlow decides.
        tags: of the graph that TensorFlow loads from a SavedModel.
        gpu_memory_fraction: of a GPU's memory that TensorFlow may take; 0: as much as it needs.
    """
    with_tensorflow = partial(
        _tensorflow,
        intra_op_threads=intra_op_threads,
        inter_op_threads=inter_op_threads,
        tags=tags,
        gpu_memory_fraction=gpu_memory_fraction,
    )
    with_openvino = partial(_proved_openvino, threads=intra_op_threads)
    match name:
        case EngineName.TENSORFLOW:
            return with_tensorflow
        case EngineName.OPENVINO:
            return with_openvino
        case EngineName.AUTO:
            return partial(_whichever_fits, with_openvino, with_tensorflow)


def _whichever_fits(with_openvino: EngineLoader, with_tensorflow: EngineLoader, path: Path) -> Engine:
    try:
        return with_openvino(path)
    except AoiError as reason:
        log.info("%s: TensorFlow runs it, because OpenVINO does not: %s", path, reason.message)
        try:
            return with_tensorflow(path)
        except MissingExtra as missing:
            if isinstance(reason, MissingExtra):
                raise missing from reason
            # Whoever installed OpenVINO only has to learn why it cannot run this model.
            raise MissingExtra(
                f"{reason.message}; serving with TensorFlow", package="tensorflow", extra="train"
            ) from reason


def _tensorflow(path: Path, **settings: Any) -> Engine:
    try:
        from aoi_modules.serving.engines import tensorflow
    except ModuleNotFoundError as error:
        raise MissingExtra("serving with TensorFlow", package=error.name or "tensorflow", extra="train") from None
    return tensorflow.load(path, **settings)


def _proved_openvino(path: Path, *, threads: int) -> Engine:
    from aoi_modules.serving.engines import openvino

    engine = openvino.load(path, threads=threads)
    try:
        difference = prove(engine, path)
    except AoiError:
        engine.close()
        raise
    log.info("%s: OpenVINO runs it; golden samples agree to %.1g", path, difference)
    return engine
