"""The life cycle of all models: one thread a model watches its base path, so that none waits for another."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.lifecycle.stream import MAX_REMEMBERED, LoadVersion, Retries, State, Stream, VersionStatus
from aoi_modules.serving.lifecycle.watcher import Watcher
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.wire.status import invalid, not_found

log = logging.getLogger(__name__)

JOIN_SECONDS = 5.0
"""How long `close` waits for loads that are under way."""
CHECK_SECONDS = 0.02
"""Between two checks whether models are loaded."""


class StartUp(StrEnum):
    """How far a server is that starts."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Versions:
    """All configured models.

    Args:
        models: what to serve.
        load: makes a servable of a version directory.
        poll_seconds: between two polls of a base path; 0 polls once.
        retries: what happens after a failed load.
        load_threads: so many versions load at once.
        early_labels: a new label may name a version that is not loaded yet.
        start_without_versions: the start waits for no model that has nothing to load yet.
    """

    def __init__(
        self,
        models: Sequence[ServedModel],
        load: LoadVersion,
        *,
        poll_seconds: float,
        retries: Retries,
        load_threads: int,
        early_labels: bool = False,
        start_without_versions: bool = False,
    ) -> None:
        self._load = load
        self._slots = threading.Semaphore(load_threads)
        self._poll_seconds = poll_seconds
        self._retries = retries
        self._early_labels = early_labels
        self._start_without_versions = start_without_versions
        self._changing = threading.Lock()
        self._models = list(models)
        self._labels: dict[str, Mapping[str, int]] = {}
        self._watchers: dict[str, Watcher] = {}

    def start(self) -> None:
        """Begins to load, and to watch the base paths.

        Raises:
            SettingsError: a label names a version that is not loaded, and every version is that at the start.
        """
        try:
            self.configure(self._models)
        except RpcError as error:
            raise SettingsError(
                error.message, hint="start with --allow_version_labels_for_unavailable_models=true, or label it later"
            ) from None

    def configure(self, models: Sequence[ServedModel]) -> list[Watcher]:
        """Serves these models from now on, and no others; returns those that are new. Waits for nothing.

        Raises:
            RpcError: FAILED_PRECONDITION, a label names a version that is not available; nothing was changed.
        """
        with self._changing:
            self._labels = self._checked_labels(models)
            names = {model.name for model in models}
            for name, watcher in self._watchers.items():
                if name not in names and not watcher.stream.dropped:
                    log.info("model %s is no longer served", name)
                    watcher.stream.drop()
                    watcher.poll()
            new = [added for model in models if (added := self._applied(model)) is not None]
            self._forget_dropped()
            return new

    def reload(self, models: Sequence[ServedModel], seconds: float) -> None:
        """Serves these models from now on, and waits until the new ones answer.

        Args:
            models: what to serve; a model that is not among them is unloaded.
            seconds: how long to wait.

        Raises:
            RpcError: FAILED_PRECONDITION a label names a version that is not available; UNKNOWN a new model cannot be
                loaded; DEADLINE_EXCEEDED it takes longer.
        """
        waiting = self.configure(models)
        end = time.monotonic() + seconds
        while any(watcher.stream.shortfall() is None for watcher in waiting):
            if time.monotonic() > end:
                raise RpcError("DEADLINE_EXCEEDED", f"The new models were not loaded within {seconds:.3g} s")
            time.sleep(CHECK_SECONDS)
        failures = [text for watcher in waiting if (text := watcher.stream.shortfall())]
        if failures:
            list_ = "".join(f"{{{text}}}, " for text in failures)
            raise RpcError("UNKNOWN", f"{len(failures)} model(s) did not become available: {{{list_}}}")

    def names(self) -> set[str]:
        """Names the models that are served, or are going to be."""
        return {stream.model.name for stream in self._served()}

    def awaited(self) -> dict[str, str]:
        """By model, why a server that starts waits for it: each that is neither AVAILABLE nor END.

        A model without versions counts as ended where base paths are polled only once: none will be seen.
        """
        streams = [stream for stream in self._served() if self._poll_seconds > 0 or not stream.is_empty]
        return {stream.model.name: why for stream in streams if (why := stream.awaited())}

    def start_up(self) -> StartUp:
        """Tells READY once each model is AVAILABLE or END, FAILED if nothing of all can be loaded.

        With `start_without_versions`, READY once everything found at the start was tried: then a model that waits for
        its first version, and one that is to be loaded again, holds nobody up.
        """
        streams = self._served()
        if not all(stream.polled for stream in streams):
            return StartUp.LOADING
        if not self._start_without_versions and self.awaited():
            return StartUp.LOADING
        statuses = [status for stream in streams for status in stream.statuses().values()]
        if any(status.state is State.AVAILABLE for status in statuses):
            return StartUp.READY
        if not statuses and self._start_without_versions:
            return StartUp.READY
        return StartUp.LOADING if any(stream.waits_for_retry() for stream in streams) else StartUp.FAILED

    def failures(self) -> list[str]:
        """Writes a sentence for each version that ended in an error, and for each model without any version."""
        streams = self._served()
        ended = [
            f"model {stream.model.name} version {version}: {status.message}"
            for stream in streams
            for version, status in stream.statuses().items()
            if status.code != "OK"
        ]
        return ended + [f"model {stream.model.name}: {stream.trouble}" for stream in streams if stream.is_empty]

    @contextmanager
    def lend(self, name: str, version: int | None = None, label: str | None = None) -> Iterator[Servable]:
        """Gives the servable of a version, of a label, or of the greatest version; it stays loaded for the block.

        Raises:
            RpcError: NOT_FOUND it is not served; INVALID_ARGUMENT no such label.
        """
        stream = self._stream(name)
        if label is not None:
            labels = self._labels.get(name, {})
            if label not in labels:
                raise invalid(f"Unrecognized servable version label: {label}")
            version = labels[label]
        servable = stream.take(version) if stream else None
        if servable is None:
            wanted = f"Latest({name})" if version is None else f"Specific({name}, {version})"
            raise not_found(f"Servable not found for request: {wanted}")
        try:
            yield servable
        finally:
            servable.give_back()

    def statuses(self, name: str) -> dict[int, VersionStatus]:
        """Tells the status of each version, the greatest first; nothing for a model that has none, or is unknown."""
        stream = self._stream(name)
        return stream.statuses() if stream else {}

    def trouble(self, name: str) -> str:
        """Tells what is the matter with the base path of a model; "" when nothing is, or the model is unknown."""
        stream = self._stream(name)
        return stream.trouble if stream else ""

    def close(self) -> bool:
        """Stops watching and unloads everything; False if a load is still under way after JOIN_SECONDS."""
        watchers = list(self._watchers.values())
        for watcher in watchers:
            watcher.stop()
        end = time.monotonic() + JOIN_SECONDS
        ended = [watcher.join(end - time.monotonic()) for watcher in watchers]
        for watcher in watchers:
            watcher.stream.close()
        return all(ended)

    def _served(self) -> list[Stream]:
        return [watcher.stream for watcher in self._watchers.values() if not watcher.stream.dropped]

    def _stream(self, name: str) -> Stream | None:
        watcher = self._watchers.get(name)
        return watcher.stream if watcher else None

    def _applied(self, model: ServedModel) -> Watcher | None:
        """Follows the config of one model; gives its watcher if the model is new."""
        watcher = self._watchers.get(model.name)
        if watcher is None:
            watcher = Watcher(Stream(model, self._load_in_turn, self._retries), self._poll_seconds)
            self._watchers = {**self._watchers, model.name: watcher}  # readers need no lock
            watcher.start()
            return watcher
        new = watcher.stream.dropped
        if new or watcher.stream.model != model:
            watcher.stream.configure(model)
            watcher.poll()
        return watcher if new else None

    def _checked_labels(self, models: Sequence[ServedModel]) -> dict[str, Mapping[str, int]]:
        """The labels of a config.

        Raises:
            RpcError: FAILED_PRECONDITION, one names a version that is not available. If early labels are allowed, only
                one that named another version before is refused.
        """
        for model in models:
            stream = self._stream(model.name)
            for label, version in model.labels.items():
                before = self._labels.get(model.name, {}).get(label, version)
                if self._early_labels and before == version:
                    continue
                if stream is None or stream.dropped or not stream.serves(version):
                    raise RpcError(
                        "FAILED_PRECONDITION",
                        f"Request to assign label to version {version} of model {model.name}, which is not currently "
                        "available for inference",
                    )
        return {model.name: model.labels for model in models}

    def _forget_dropped(self) -> None:
        """Keeps only so many models that are gone; whoever may reload chooses their names."""
        gone = [name for name, watcher in self._watchers.items() if watcher.stream.dropped]
        for name in gone[:-MAX_REMEMBERED]:
            self._watchers[name].stop()
            self._watchers = {key: watcher for key, watcher in self._watchers.items() if key != name}

    def _load_in_turn(self, name: str, version: int, path: Path) -> Servable:
        with self._slots:
            return self._load(name, version, path)
