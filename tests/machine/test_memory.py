"""Where memory does not suffice, it is said what was too large."""

import errno

import numpy as np
import pytest

from aoi_modules.errors import Argument, ModelError, NotEnoughMemory
from aoi_modules.machine.memory import enough_for, shortage
from aoi_modules.tf import tf

OOM = "OOM when allocating tensor with shape[64,300,400,32] and type float on /job:localhost by allocator cpu"


def exhausted(words: str) -> tf.errors.OpError:
    return tf.errors.ResourceExhaustedError(None, None, words)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exhausted(f"Graph execution error:\n\n{OOM} [Op:Conv2D]"), "a tensor of shape (64, 300, 400, 32), 983 MB"),
        (exhausted(OOM.replace("float", "half")), "a tensor of shape (64, 300, 400, 32), 492 MB"),
        (exhausted("failed to allocate memory"), "the system gives no more"),
        (MemoryError("std::bad_alloc"), "the system gives no more"),
        (RuntimeError("Exception from src/x.cpp:1:\nstd::bad_alloc"), "the system gives no more"),
        (tf.errors.InternalError(None, None, "Unable to allocate 12 bytes"), "the system gives no more"),
    ],
)
def test_what_libraries_say_of_memory_is_known(error: Exception, said: str) -> None:
    assert shortage(error) == said
    for wrapped in (ModelError("x: does not run"), ModelError("y: does not run")):
        wrapped.__cause__ = error
        assert shortage(wrapped) == said


def test_numpy_names_the_shape() -> None:
    with pytest.raises(MemoryError) as caught:
        np.zeros((1 << 20, 1 << 20, 1 << 10), np.float32)
    assert shortage(caught.value) == "an array of shape (1048576, 1048576, 1024)"


@pytest.mark.parametrize(
    "error",
    [
        exhausted("/build/events.out: No space left on device"),
        tf.errors.InvalidArgumentError(None, None, "there is no room"),
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("the room is full"),
        ValueError("out of memory"),
        ModelError("out of memory"),
    ],
)
def test_other_errors_pass_through(error: Exception) -> None:
    assert shortage(error) is None
    with pytest.raises(type(error)) as caught, enough_for("work", "less"):
        raise error
    assert caught.value is error


def test_it_is_said_once_by_whoever_knows_most() -> None:
    less = Argument("batch_size", 32)
    with (
        pytest.raises(NotEnoughMemory) as caught,
        enough_for("all of it", "nothing"),
        enough_for("features of pictures of 400 x 300", f"take fewer: {less}", [less]),
    ):
        raise exhausted(OOM)
    assert caught.value.message == (
        "memory does not suffice for features of pictures of 400 x 300: a tensor of shape (64, 300, 400, 32), 983 MB"
    )
    assert (caught.value.hint, caught.value.arguments) == ("take fewer: `batch_size=32`", (less,))
