"""Which engine runs which model version, and how many requests it runs together: lines of the Prometheus page."""

import threading
from collections.abc import Iterator

from aoi_modules.serving.monitoring import escaped
from aoi_modules.serving.servable import Servable

_PREFIX = ":aoi:serving:"


class EngineMetrics:
    """The loaded model versions; those that were retired are left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servables: list[Servable] = []

    def add(self, servable: Servable) -> None:
        with self._lock:
            self._servables.append(servable)

    def busy(self) -> bool:
        """Whether an engine runs now."""
        with self._lock:
            return any(servable.running for servable in self._servables)

    def lines(self) -> Iterator[str]:
        """`model_engine` is 1 for the engine that runs a version. `batch_rows` by `batches` is the mean batch."""
        with self._lock:
            # One that was retired may still run.
            self._servables = [one for one in self._servables if not one.retired or one.running]
            loaded = sorted(
                (one for one in self._servables if not one.retired),
                key=lambda servable: (servable.name, servable.version),
            )
        if not loaded:
            return
        labels = [f'model_name="{escaped(one.name)}",version="{one.version}"' for one in loaded]
        yield f"# TYPE {_PREFIX}model_engine gauge"
        for one, label in zip(loaded, labels, strict=True):
            yield f'{_PREFIX}model_engine{{{label},engine="{one.engine_name}"}} 1'
        yield f"# TYPE {_PREFIX}batches counter"
        yield from (f"{_PREFIX}batches{{{label}}} {one.batches}" for one, label in zip(loaded, labels, strict=True))
        yield f"# TYPE {_PREFIX}batch_rows counter"
        yield from (f"{_PREFIX}batch_rows{{{label}}} {one.rows}" for one, label in zip(loaded, labels, strict=True))
