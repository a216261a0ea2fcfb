"""Watching a model's versions come and go: which state each was in, from when to when."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aoi_modules.client.base import PredictClient
from aoi_modules.errors import RpcError, TooSlow

States = dict[int, str]
"""Version -> START, LOADING, AVAILABLE, UNLOADING or END."""


@dataclass(frozen=True)
class Span:
    """One version in one state; seconds since the watch began."""

    version: int
    state: str
    start: float
    end: float


class VersionWatch:
    """Asks for a model's status again and again in the background, while the block runs.

    Args:
        client: of the model; it must not be used by others meanwhile.
        every: seconds between two questions.
    """

    def __init__(self, client: PredictClient, *, every: float = 0.05) -> None:
        self._client = client
        self._every = every
        self._began = time.monotonic()
        self._samples: list[tuple[float, States]] = []
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="version-watch", daemon=True)

    def until(self, condition: Callable[[States], bool], *, timeout: float) -> States:
        """Waits until the states fulfil a condition.

        Raises:
            TooSlow: they did not in `timeout` seconds; says what they were.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self.states), timeout):
                raise TooSlow(
                    f"model {self._client.endpoint.model}: after {timeout:g} s its versions are {self.states}"
                )
            return self.states

    @property
    def states(self) -> States:
        """The newest answer; empty while no server answers."""
        return self._samples[-1][1] if self._samples else {}

    def spans(self) -> list[Span]:
        """Sums up what was seen: for each version the states it went through, in order."""
        spans: list[Span] = []
        open_spans: dict[int, tuple[str, float]] = {}
        for seconds, states in [*self._samples, (self._samples[-1][0] if self._samples else 0.0, {})]:
            for version, (state, start) in list(open_spans.items()):
                if states.get(version) != state:
                    spans.append(Span(version, state, start, seconds))
                    del open_spans[version]
            for version, state in states.items():
                open_spans.setdefault(version, (state, seconds))
        return spans

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(self._client.endpoint.timeout + 1)

    def _watch(self) -> None:
        while not self._stop.is_set():
            states = self._ask()
            with self._changed:
                self._samples.append((time.monotonic() - self._began, states))
                self._changed.notify_all()
            self._stop.wait(self._every)

    def _ask(self) -> States:
        try:
            return {version.version: version.state for version in self._client.status()}
        except RpcError:  # away, or the model is not known yet: no version is in any state
            return {}
