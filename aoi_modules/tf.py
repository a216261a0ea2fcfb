"""TensorFlow and Keras without their chatter at start: `from aoi_modules.tf import keras, tf`.

TensorFlow writes notes about absent GPUs to standard error while it is imported, before any log level counts. A
trainee takes them for a failure. Lines of that form are dropped; everything else that was written is passed on.

TensorFlow also imports Keras, and with it scikit-learn, SciPy and Matplotlib, although it runs without. That is two
fifths of its import and 110 MB, so Keras stays out until it is asked for.
"""

import importlib.abc
import importlib.machinery
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from aoi_modules.settings import preset

_NOTE = re.compile(
    rb"(?:[IW]\d{4} |WARNING: All log messages before absl|To enable the following instructions"
    rb"|E\d{4} .*failed call to cuInit).*\n"
)


@contextmanager
def without_notes() -> Iterator[None]:
    """Holds back what is written to standard error's file descriptor, then passes on all but TensorFlow's notes."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            os.write(2, _NOTE.sub(b"", held.read()))


class _LaterKeras(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets TensorFlow find Keras, but not import it; TensorFlow takes the ImportError as if Keras were not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None:
            spec.loader = self
        return spec

    def exec_module(self, module: ModuleType) -> None:
        raise ImportError("Keras is imported when it is asked for")


@contextmanager
def without_keras() -> Iterator[None]:
    """Keeps Keras from being imported; where it is there already, nothing changes."""
    finder = _LaterKeras()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


preset(TF_CPP_MIN_LOG_LEVEL="2")
with without_notes(), without_keras():
    import tensorflow as tf

    # Looks for GPUs now, inside the filter, instead of at the first operation.
    tf.config.list_physical_devices("GPU")

tf.get_logger().setLevel("WARNING")  # no line for every folder that was written

__all__ = ["tf", "words"]

_OWN_NAMES = re.compile(r"\{\{.*?\}\} ?|\[\[.*?\]\]|\[Op:\w*\]| name: ?$")


def words(error: tf.errors.OpError) -> str:
    """Gives what TensorFlow says went wrong, without the names that it gives to functions and nodes of its own."""
    return _OWN_NAMES.sub("", str(error.message).partition("\n")[0]).strip() or type(error).__name__


def __getattr__(name: str) -> Any:
    """Keras comes when it is asked for: a model server does without, and starts sooner."""
    if name != "keras":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with without_notes():
        import keras
    return keras
