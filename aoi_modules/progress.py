"""Tells people on standard error how far a work is: a bar on a terminal, plain lines anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aoi_modules.settings import settings

Advance = Callable[[int], None]
"""Gets how many units were done since the last call."""
Say = Callable[[str], None]
"""Gets one line for people. `say` is one; tests and notebooks pass `list.append` or `print`."""

_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Lets nothing be told in the block, by this thread: beside a table that another one shows."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


def say(line: str) -> None:
    """Writes one line for people."""
    if _QUIET.get():
        return
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def on_terminal() -> bool:
    """Says whether a bar can be drawn: standard error is a terminal, and CI is not set."""
    return sys.stderr.isatty() and not settings().plain and not _QUIET.get()


@contextmanager
def progress(title: str, total: int, *, done: int = 0, unit: str = "bytes") -> Iterator[Advance]:
    """Shows how far a work of `total` units is; the block calls the given function with each piece done.

    Args:
        title: what is being done.
        total: how much there is; 0 when nobody knows.
        done: how much was there at the start.
        unit: `bytes`, or a plural noun.
    """
    if not on_terminal():
        yield _plain(title, total, done, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    amount = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    console = Console(stderr=True)
    with Progress(TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(title, total=total or None, completed=done)
        yield lambda amount: bar.advance(task, amount)


def _plain(title: str, total: int, done: int, unit: str) -> Advance:
    """A line at every tenth of the way, and not more than one a second."""
    state = {"done": done, "tenth": 10 * done // total if total else 0, "said": time.monotonic()}

    def advance(amount: int) -> None:
        state["done"] += amount
        tenth = 10 * state["done"] // total if total else 0
        finished = bool(total) and state["done"] >= total
        if tenth > state["tenth"] and (finished or time.monotonic() - state["said"] >= 1.0):
            state["tenth"], state["said"] = tenth, time.monotonic()
            say(f"{title}: {_share(state['done'], total, unit)}")

    return advance


def _share(done: float, total: float, unit: str) -> str:
    """How much of it all: `3 of 12 pictures`."""
    return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB" if unit == "bytes" else f"{done:.0f} of {total:.0f} {unit}"
