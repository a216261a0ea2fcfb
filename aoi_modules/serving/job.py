"""A request on its way through the server: who waits for it, what it asks of its model, and who learns the outputs.

A request is a generator of `Steps`. It yields an `Ask`, is sent the outputs when the model has computed them, and
returns its answer. So no thread waits for a model, and one function still tells the whole way of a request.
"""

import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TypeAlias, TypeVar

from aoi_modules.wire.tensors import Array

Result = TypeVar("Result")

LONGEST_SECONDS = 24 * 3600.0
"""How long a request may take that names no deadline: a server never waits without end."""

Outputs: TypeAlias = dict[str, Array]
"""What a model computed, by the names of the outputs."""
Done: TypeAlias = Callable[[Outputs | None, BaseException | None], None]
"""Learns the outputs, or else the error."""


class Job:
    """Somebody who waits for an answer.

    Args:
        deadline: by `time.monotonic`; the answer is of no use later.

    Attributes:
        gone: nobody waits any more.
    """

    def __init__(self, deadline: float = float("inf")) -> None:
        self.deadline = deadline
        self.gone = False

    def remaining(self) -> float:
        """Tells for how many seconds somebody still waits, at most a day; 0 when nobody does."""
        return 0.0 if self.gone else max(0.0, min(self.deadline - time.monotonic(), LONGEST_SECONDS))


Ask: TypeAlias = Callable[[Job, Done], None]
"""Asks a model for its outputs, and waits for nothing: `done` is called in another thread, see `Batcher.submit`."""
Steps: TypeAlias = Generator[Ask, Outputs, Result]
"""A request in steps: it yields what it asks of its model, is sent the outputs, and returns the answer."""


def wait(ask: Ask) -> Outputs:
    """Asks a model, and waits for its outputs in the calling thread. For warm-ups; requests go in steps."""
    answer: Future[Outputs] = Future()

    def done(outputs: Outputs | None, error: BaseException | None) -> None:
        if error is None:
            answer.set_result(outputs or {})
        else:
            answer.set_exception(error)

    ask(Job(), done)
    return answer.result(LONGEST_SECONDS)
