"""The versions of one model: which are wanted, which are loaded, what became of the others.

A new version is loaded before the old one is unloaded, so the model answers all the time; when the new one is broken,
the old one stays. That is TensorFlow Serving's availability-preserving policy.
"""

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aoi_modules.errors import AoiError
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.serving.servable import Servable

log = logging.getLogger(__name__)

Load = Callable[[str, int, Path], Servable]
MAX_ENDED = 100
"""So many versions that are no longer served are remembered for GetModelStatus."""


class State(StrEnum):
    """Where a version is in its life, by TensorFlow Serving's names."""

    START = "START"
    LOADING = "LOADING"
    AVAILABLE = "AVAILABLE"
    UNLOADING = "UNLOADING"
    END = "END"


@dataclass(frozen=True)
class VersionStatus:
    """State of one version, with the canonical code and the text of the error that ended it."""

    state: State
    code: str = "OK"
    message: str = ""


@dataclass(frozen=True)
class Retries:
    """How often a failed load is repeated, and after how many seconds."""

    count: int = 5
    seconds: float = 60.0


@dataclass
class _Attempt:
    """Loads of one version so far; `due` is the time of the next one, infinity when there is none."""

    failures: int = 0
    due: float = 0.0


class Stream:
    """One model and its versions. One thread calls `step`; any thread may ask.

    Args:
        model: name, base path and version policy.
        load: makes a servable of a version directory.
        retries: what happens after a failed load.
    """

    def __init__(self, model: ServedModel, load: Load, retries: Retries) -> None:
        self.model = model
        self._load = load
        self._retries = retries
        self._lock = threading.Lock()
        self._available: dict[int, Servable] = {}
        self._statuses: dict[int, VersionStatus] = {}
        self._attempts: dict[int, _Attempt] = {}
        self._trouble = ""
        self.looked = False
        """Every version that was there at the first look has been tried."""

    def step(self, now: float) -> float:
        """Brings what is loaded nearer to what is on disk; returns the time at which a failed load is due again."""
        aspired = self._aspired()
        if aspired is not None:
            self._give_up(set(self._attempts) - set(aspired))
            self._attempts = {version: self._attempts.get(version, _Attempt()) for version in aspired}
            self._announce(aspired)
            for version, path in aspired.items():
                if version not in self._available and self._attempts[version].due <= now:
                    self._try_load(version, path, now)
            self._unload_unwanted(set(aspired))
        self.looked = True
        return min((a.due for v, a in self._attempts.items() if v not in self._available), default=math.inf)

    def serves(self, version: int) -> bool:
        with self._lock:
            return version in self._available

    def take(self, version: int | None) -> Servable | None:
        """Borrows the servable of a version, or of the greatest one; None when it is not available.

        Taken under the lock that unloading needs too, so nobody gets a servable that is being closed.
        """
        with self._lock:
            wanted = max(self._available, default=None) if version is None else version
            servable = None if wanted is None else self._available.get(wanted)
            if servable is not None:
                servable.take()
            return servable

    def statuses(self) -> dict[int, VersionStatus]:
        """Status by version, greatest version first."""
        with self._lock:
            return dict(sorted(self._statuses.items(), reverse=True))

    def waits_for_retry(self) -> bool:
        return any(0 < a.due < math.inf and v not in self._available for v, a in dict(self._attempts).items())

    def close(self) -> None:
        """Unloads every version."""
        for version in list(self._available):
            self._unload(version)

    def _aspired(self) -> dict[int, Path] | None:
        """The versions wanted now; None when nobody can say, which changes nothing."""
        try:
            aspired = self.model.policy.aspired(self.model.base_path)
        except OSError as error:
            self._complain(f"base path {self.model.base_path} cannot be read: {error.strerror}; waiting for it")
            return None
        if not aspired:
            self._complain(f"no versions of it below {self.model.base_path}; waiting for one")
        else:
            self._trouble = ""
        return aspired

    def _complain(self, trouble: str) -> None:
        if trouble != self._trouble:  # every poll would say it again
            log.warning("model %s: %s", self.model.name, trouble)
        self._trouble = trouble

    def _give_up(self, versions: set[int]) -> None:
        """Ends versions that nobody wants any more before they were loaded; an error that ended one stays."""
        for version in versions - set(self._available):
            if self._statuses[version].state is not State.END:
                self._set(version, VersionStatus(State.END))

    def _announce(self, aspired: dict[int, Path]) -> None:
        for version in aspired:
            if self._attempts[version] == _Attempt() and version not in self._available:
                self._set(version, VersionStatus(State.START))

    def _try_load(self, version: int, path: Path, now: float) -> None:
        self._set(version, VersionStatus(State.LOADING))
        try:
            servable = self._load(self.model.name, version, path)
        except Exception as error:
            self._failed(version, error, now)
            return
        self._attempts[version] = _Attempt()
        with self._lock:
            self._available[version] = servable
            self._statuses[version] = VersionStatus(State.AVAILABLE)
        log.info("model %s version %d: AVAILABLE", self.model.name, version)

    def _failed(self, version: int, error: Exception, now: float) -> None:
        attempt = self._attempts[version]
        attempt.failures += 1
        text = error.message if isinstance(error, AoiError) else f"{type(error).__name__}: {error}"
        if attempt.failures <= self._retries.count:
            attempt.due = now + self._retries.seconds
            log.warning(
                "model %s version %d: load failed, next try in %g s: %s",
                self.model.name, version, self._retries.seconds, text,
            )  # fmt: skip
            return
        attempt.due = math.inf
        self._set(version, VersionStatus(State.END, _code(error), text))
        log.error("model %s version %d: load failed: %s", self.model.name, version, text)

    def _unload_unwanted(self, aspired: set[int]) -> None:
        if aspired and not aspired & set(self._available):
            return  # nothing to put in its place yet
        for version in set(self._available) - aspired:
            self._unload(version)

    def _unload(self, version: int) -> None:
        with self._lock:
            servable = self._available.pop(version)
            self._statuses[version] = VersionStatus(State.UNLOADING)
        servable.retire(lambda: self._ended(version))

    def _ended(self, version: int) -> None:
        log.info("model %s version %d: END", self.model.name, version)
        with self._lock:
            if version not in self._available:
                self._statuses[version] = VersionStatus(State.END)
            ended = sorted(v for v, status in self._statuses.items() if status.state is State.END)
            for old in ended[:-MAX_ENDED]:
                del self._statuses[old]

    def _set(self, version: int, status: VersionStatus) -> None:
        with self._lock:
            self._statuses[version] = status


def _code(error: BaseException | None) -> str:
    """The canonical code of an error or of what caused it."""
    while error is not None:
        code = getattr(error, "code", None)
        if isinstance(code, str):
            return code
        error = error.__cause__
    return "UNKNOWN"
