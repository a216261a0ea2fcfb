"""The life cycle of all models: one thread a model watches its base path, so that none waits for another."""

import logging
import math
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from aoi_modules.errors import SettingsError
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.serving.servable import Servable
from aoi_modules.serving.stream import Load, Retries, State, Stream, VersionStatus
from aoi_modules.wire.status import invalid, not_found

log = logging.getLogger(__name__)

JOIN_SECONDS = 5.0
"""How long `close` waits for loads that are under way."""


class StartUp(StrEnum):
    """How far a starting server is."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Versions:
    """All configured models.

    Args:
        models: what to serve.
        load: makes a servable of a version directory.
        poll_seconds: between two looks at a base path; 0 looks once.
        retries: what happens after a failed load.
        load_threads: so many versions load at once.
    """

    def __init__(
        self, models: Sequence[ServedModel], load: Load, *, poll_seconds: float, retries: Retries, load_threads: int
    ) -> None:
        self._load = load
        self._slots = threading.Semaphore(load_threads)
        self._poll_seconds = poll_seconds
        self._stop = threading.Event()
        self._streams = {model.name: Stream(model, self._load_in_turn, retries) for model in models}
        self._threads = [
            threading.Thread(target=self._watch, args=(stream,), name=f"watch-{name}", daemon=True)
            for name, stream in self._streams.items()
        ]

    def start(self) -> None:
        """Begins to load, and to watch the base paths."""
        for thread in self._threads:
            thread.start()

    def start_up(self) -> StartUp:
        """READY once everything found at the start was tried; FAILED if nothing of it can be loaded.

        A model that waits for its first version, and one that is broken beside others, holds nobody up.
        """
        streams = self._streams.values()
        if not all(stream.looked for stream in streams):
            return StartUp.LOADING
        statuses = [status for stream in streams for status in stream.statuses().values()]
        if not statuses or any(status.state is State.AVAILABLE for status in statuses):
            return StartUp.READY
        return StartUp.LOADING if any(stream.waits_for_retry() for stream in streams) else StartUp.FAILED

    def failures(self) -> list[str]:
        """One sentence for each version that ended in an error."""
        return [
            f"model {name} version {version}: {status.message}"
            for name, stream in self._streams.items()
            for version, status in stream.statuses().items()
            if status.code != "OK"
        ]

    def check_labels(self) -> None:
        """Refuses labels of versions that are not served.

        Raises:
            SettingsError: names label, model and version.
        """
        for name, stream in self._streams.items():
            for label, version in stream.model.labels.items():
                if not stream.serves(version):
                    raise SettingsError(
                        f"label {label}: Request to assign label to version {version} of model {name}, which is not "
                        "currently available for inference",
                        hint="serve that version, or start with --allow_version_labels_for_unavailable_models",
                    )

    @contextmanager
    def lend(self, name: str, version: int | None = None, label: str | None = None) -> Iterator[Servable]:
        """Gives the servable of a version, of a label, or of the greatest version; it stays loaded for the block.

        Raises:
            RpcError: NOT_FOUND it is not served; INVALID_ARGUMENT no such label.
        """
        stream = self._streams.get(name)
        if label is not None:
            labels = stream.model.labels if stream else {}
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
        """Status by version, greatest first; empty for a model that is unknown or has no version yet."""
        stream = self._streams.get(name)
        return stream.statuses() if stream else {}

    def close(self) -> bool:
        """Stops watching and unloads everything; False if a load is still under way after JOIN_SECONDS."""
        self._stop.set()
        end = time.monotonic() + JOIN_SECONDS
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, end - time.monotonic()))
        for stream in self._streams.values():
            stream.close()
        return not any(thread.is_alive() for thread in self._threads)

    def _watch(self, stream: Stream) -> None:
        while not self._stop.is_set():
            try:
                due = stream.step(time.monotonic())
            except Exception:  # a fault of ours in one model's thread must not end its life cycle unnoticed
                log.exception("model %s: the look at its versions failed", stream.model.name)
                stream.looked, due = True, math.inf
            pause = due - time.monotonic()
            if self._poll_seconds > 0:
                pause = min(pause, self._poll_seconds)
            if pause == math.inf:
                return
            self._stop.wait(max(0.0, pause))

    def _load_in_turn(self, name: str, version: int, path: Path) -> Servable:
        with self._slots:
            return self._load(name, version, path)
