"""TensorFlow and Keras without their chatter at start: `from aoi_modules.tf import keras, tf`.

TensorFlow writes notes about absent GPUs to standard error while it is imported, before any log level counts. A
trainee takes them for a failure. Lines of that form are dropped; everything else that was written is passed on.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


preset(TF_CPP_MIN_LOG_LEVEL="2")
with without_notes():
    import tensorflow as tf

    # Looks for GPUs now, inside the filter, instead of at the first operation.
    tf.config.list_physical_devices("GPU")

tf.get_logger().setLevel("WARNING")  # no line for every folder that was written

__all__ = ["tf"]


def __getattr__(name: str) -> Any:
    """Keras comes when it is asked for: a model server does without, and starts sooner."""
    if name != "keras":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with without_notes():
        import keras
    return keras
