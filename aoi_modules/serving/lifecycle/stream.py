"""The versions of one model: which are wanted, which are loaded, what became of the others.

A new version is loaded before the old one is unloaded, so the model answers all the time; when the new one is broken,
the old one stays. That is TensorFlow Serving's availability-preserving policy.
"""

import logging
import math
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aoi_modules.errors import AoiError, UnrunnableModel
from aoi_modules.serving import base_path
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.base_path import Found
from aoi_modules.serving.model_config import ServedModel

log = logging.getLogger(__name__)

FileMarks = tuple[tuple[str, int, int], ...]
"""Path, size in bytes and time of change in nanoseconds of each file of a version directory."""
LoadVersion = Callable[[str, int, Path], Servable]
MAX_REMEMBERED = 100
"""So many versions of a model, and so many models, that are no longer served are remembered for GetModelStatus."""


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

    count: int
    seconds: float


@dataclass
class _Attempt:
    """Loads of one version so far; `due` is the time of the next one, infinity when there is none.

    `tried` is what lay in the directory at the last failure, `seen` what lay there at the last poll, `trouble` is the
    last error.
    """

    failures: int = 0
    due: float = 0.0
    tried: FileMarks = ()
    seen: FileMarks = ()
    trouble: str = ""


class Stream:
    """One model and its versions. One thread calls `step`; any thread may ask, configure or drop.

    Args:
        model: name, base path and version policy.
        load: makes a servable of a version directory.
        retries: what happens after a failed load.

    Attributes:
        model: as it is configured now.
        dropped: it is no longer served.
        trouble: what is the matter with the base path; "" when nothing is.
    """

    def __init__(self, model: ServedModel, load: LoadVersion, retries: Retries) -> None:
        self.model = model
        self.dropped = False
        self._load = load
        self._retries = retries
        self._lock = threading.Lock()
        self._available: dict[int, Servable] = {}
        self._statuses: dict[int, VersionStatus] = {}
        self._attempts: dict[int, _Attempt] = {}
        self._origins: dict[int, Path] = {}
        self._folder: tuple[int, int] | None = None
        self.trouble = ""
        self._wanted_polls = 1
        self._polls = 0

    @property
    def polled(self) -> bool:
        """Whether every version that was there when the model was configured has been tried."""
        return self._polls >= self._wanted_polls

    @property
    def is_empty(self) -> bool:
        """Whether every version was tried that was there, and none was."""
        return self.polled and not self._attempts

    def configure(self, model: ServedModel) -> None:
        """Takes another base path or policy; the next step follows it."""
        with self._lock:
            self.model, self.dropped = model, False
            self.trouble, self._folder = "", None
            self._wanted_polls += 1

    def drop(self) -> None:
        """Takes the model away: nobody gets it from now on, and the next step unloads it."""
        with self._lock:
            self.dropped = True

    def step(self, now: float) -> float:
        """Brings what is loaded nearer to what is on disk; returns the time at which a failed load is due again."""
        polls = self._wanted_polls
        aspired = self._aspired()
        if aspired is not None:
            self._give_up(set(self._attempts) - set(aspired))
            self._attempts = {version: self._attempts.get(version, _Attempt()) for version in aspired}
            self._announce(aspired)
            for version, path in aspired.items():
                self._renew_if_changed(version, path)
                self._tell_if_moved(version, path)
                if version not in self._available and self._attempts[version].due <= now and not self.dropped:
                    self._try_load(version, path, now)
            self._unload_unwanted(set(aspired))
        self.end_poll(polls)
        return min((a.due for v, a in self._attempts.items() if v not in self._available), default=math.inf)

    def end_poll(self, polls: int | None = None) -> None:
        """Says that a poll is over, also one that failed: nobody has to wait for it any more."""
        self._polls = self._wanted_polls if polls is None else polls

    def shortfall(self) -> str | None:
        """Tells why the newest wanted version is not available: "" when it is, None when nobody can say yet."""
        if not self.polled:
            return None
        newest = max(dict(self._attempts), default=None)
        if newest is None:
            return f"{{name: {self.model.name}}} due to error: NOT_FOUND: {self.trouble}"
        status = self.statuses().get(newest, VersionStatus(State.START))
        if status.state is State.AVAILABLE:
            return ""
        if status.state is not State.END:
            return None
        return f"{{name: {self.model.name} version: {newest}}} due to error: {status.code}: {status.message}"

    def awaited(self) -> str:
        """Tells in words what a server that starts waits for: "" once the newest wanted version is AVAILABLE or END."""
        if not self.polled:
            return "is being looked at"
        newest = max(dict(self._attempts), default=None)
        if newest is None:
            return self.trouble
        status = self.statuses().get(newest, VersionStatus(State.START))
        if status.state in (State.AVAILABLE, State.END):
            return ""
        return (
            f"version {newest} is to be loaded again: {status.message}" if status.message else f"loads version {newest}"
        )

    def serves(self, version: int) -> bool:
        """Whether a version is available now."""
        with self._lock:
            return version in self._available

    def take(self, version: int | None) -> Servable | None:
        """Borrows the servable of a version, or of the greatest one; None when it is not available.

        Taken under the lock that unloading needs too, so nobody gets a servable that is being closed.
        """
        with self._lock:
            if self.dropped:
                return None
            wanted = max(self._available, default=None) if version is None else version
            servable = None if wanted is None else self._available.get(wanted)
            if servable is not None:
                servable.take()
            return servable

    def statuses(self) -> dict[int, VersionStatus]:
        """Tells the status of each version, the greatest first."""
        with self._lock:
            return dict(sorted(self._statuses.items(), reverse=True))

    def waits_for_retry(self) -> bool:
        """Whether a version that could not be loaded will be tried again."""
        return any(0 < a.due < math.inf and v not in self._available for v, a in dict(self._attempts).items())

    def close(self) -> None:
        """Unloads every version."""
        for version in list(self._available):
            self._unload(version)

    def _aspired(self) -> dict[int, Path] | None:
        """The versions wanted now; None when nobody can say, which changes nothing."""
        if self.dropped:
            return {}
        path = self.model.base_path
        try:
            found = base_path.look(path)
        except OSError as error:
            self._complain(f"base path {path} cannot be read: {error.strerror}; waiting for it")
            return None
        aspired = self.model.policy.chosen(found.versions)
        self._complain(self._lack(found, aspired))
        if not aspired and self._is_replaced(found):
            return None
        self._folder = found.folder
        return aspired

    def _lack(self, found: Found, aspired: Collection[int]) -> str:
        """What is missing below the base path, or lies there in vain; "" when all is well."""
        path = self.model.base_path
        if found.versions and (missing := self.model.policy.missing(found.versions)):
            return f"its policy names {_listed(missing)}, but below {path} there is {_listed(found.versions)}; waiting"
        if aspired:
            unserved = found.unserved()
            return unserved and f"not served below {path}: {unserved}"
        if found.versions:
            return "its policy names no versions"
        stay = "; the folder is another one than before, so what is loaded stays" if self._is_replaced(found) else ""
        return f"{base_path.absence(path, found)}; waiting for one{stay}"

    def _is_replaced(self, found: Found) -> bool:
        """Whether the base path is another folder than that of the versions which are loaded.

        An empty one is then a release that is not complete, or a volume that is gone; nobody removed the versions.
        """
        return bool(self._available) and self._folder is not None and found.folder != self._folder

    def _complain(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:  # every poll would say it again
            log.warning("model %s: %s", self.model.name, trouble)
        self.trouble = trouble

    def _give_up(self, versions: set[int]) -> None:
        """Ends versions that nobody wants any more before they were loaded; an error that ended one stays."""
        for version in versions - set(self._available):
            if self._statuses[version].state is not State.END:
                self._set(version, VersionStatus(State.END))

    def _announce(self, aspired: dict[int, Path]) -> None:
        for version in aspired:
            if self._attempts[version] == _Attempt() and version not in self._available:
                self._set(version, VersionStatus(State.START))

    def _renew_if_changed(self, version: int, path: Path) -> None:
        """Gives a version that ended in an error another chance when other files lie there than were tried.

        A copy of a version directory that was not finished at the first try is the usual case. Two polls must see the
        same files, because the copy may still go on.
        """
        attempt = self._attempts[version]
        if version in self._available or not attempt.tried:
            return
        now = file_marks(path)
        if now not in (attempt.tried, attempt.seen):
            attempt.seen = now
        elif now != attempt.tried:
            log.info(
                "model %s version %d: its files changed since it failed; it is tried again", self.model.name, version
            )
            self._attempts[version] = _Attempt()

    def _tell_if_moved(self, version: int, path: Path) -> None:
        """Says once that a loaded version lies elsewhere now: a release of the same number is not looked at."""
        before = self._origins.get(version)
        if before is not None and (origin := path.resolve()) != before:
            log.warning(
                "model %s version %d: %s is not served: the version was loaded from %s and stays; give a new release a "
                "new number", self.model.name, version, origin, before,
            )  # fmt: skip
            self._origins[version] = origin

    def _try_load(self, version: int, path: Path, now: float) -> None:
        self._set(version, VersionStatus(State.LOADING))
        origin = path.resolve()  # a link may be swapped while the version is read
        self._attempts[version].tried = file_marks(origin)
        try:
            servable = self._load(self.model.name, version, origin)
        except Exception as error:  # whatever a model brings along; its status says it
            self._failed(version, error, now)
            return
        self._attempts[version] = _Attempt()
        self._origins[version] = origin
        with self._lock:
            self._available[version] = servable
            self._statuses[version] = VersionStatus(State.AVAILABLE)
        log.info("model %s version %d: AVAILABLE", self.model.name, version)

    def _failed(self, version: int, error: Exception, now: float) -> None:
        attempt = self._attempts[version]
        attempt.failures += 1
        text = error.message if isinstance(error, AoiError) else f"{type(error).__name__}: {error}"
        again, attempt.trouble = text == attempt.trouble, text
        if attempt.failures <= self._retries.count and not isinstance(error, UnrunnableModel):
            attempt.due = now + self._retries.seconds
            self._set(version, VersionStatus(State.LOADING, _code(error), text))
            log.warning(
                "model %s version %d: load failed, next try in %g s: %s",
                self.model.name, version, self._retries.seconds, "the same error" if again else text,
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
            self._origins.pop(version, None)
            self._statuses[version] = VersionStatus(State.UNLOADING)
        servable.retire(lambda: self._ended(version))

    def _ended(self, version: int) -> None:
        log.info("model %s version %d: END", self.model.name, version)
        with self._lock:
            if version not in self._available:
                self._statuses[version] = VersionStatus(State.END)
            ended = sorted(v for v, status in self._statuses.items() if status.state is State.END)
            for old in ended[:-MAX_REMEMBERED]:
                del self._statuses[old]

    def _set(self, version: int, status: VersionStatus) -> None:
        with self._lock:
            self._statuses[version] = status


def _listed(versions: Collection[int]) -> str:
    return f"version{'s' if len(versions) > 1 else ''} {', '.join(map(str, sorted(versions)))}"


def file_marks(path: Path) -> FileMarks:
    """Lists what lies in a version directory; () when it cannot be read."""
    try:
        files = sorted(file for file in path.rglob("*") if file.is_file())
        stats = [(str(file.relative_to(path)), file.stat()) for file in files]
    except OSError:  # loading it says why
        return ()
    return (("", 0, 0), *((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))


def _code(error: BaseException | None) -> str:
    """The canonical code of an error or of what caused it."""
    while error is not None:
        code = getattr(error, "code", None)
        if isinstance(code, str):
            return code
        error = error.__cause__
    return "UNKNOWN"
