"""Which engine runs which model version, how requests are put together for it, and how long warm-ups take: lines of the
Prometheus page.
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.monitoring import BOUNDS, Counter, Histogram, escaped

_PREFIX = ":aoi:serving:"
WAIT_BOUNDS = [100 * 1.2**power for power in range(52)]
"""Upper bounds of the buckets of the time that a request waits for its batch, in microseconds."""
MAX_PATHS = 100
"""So many version directories are counted apart; new versions come again and again."""
OTHER_PATHS = "(other)"


class EngineMetrics:
    """The loaded model versions; those that were retired are left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servables: list[Servable] = []
        self._paths: set[str] = set()
        self._warm_ups = Histogram("model_warmup_latency", BOUNDS)
        self._records = Counter("model_warmup_records_read")
        self._waits = Histogram("batching_session:queuing_latency", WAIT_BOUNDS)
        self._runs = Counter("batching_session:wrapped_run_count")

    def warmed_up(self, path: Path, records: int, seconds: float) -> None:
        """Counts the warm-up of a version directory."""
        with self._lock:
            name = str(path) if len(self._paths) < MAX_PATHS or str(path) in self._paths else OTHER_PATHS
            self._paths.add(name)
            self._warm_ups.add((("model_path", name), ("status", "OK")), seconds * 1e6)
            self._records.add((("model_path", name),), records)

    def batch_ran(self, pool: str, waits: Sequence[float]) -> None:
        """Counts a batch that --enable_batching put together, and the seconds that its requests waited for it."""
        with self._lock:
            self._runs.add(())
            for seconds in waits:
                self._waits.add((("thread_pool_name", pool),), seconds * 1e6)

    def add(self, servable: Servable) -> None:
        """Counts a version from now on."""
        with self._lock:
            self._servables.append(servable)

    def busy(self) -> bool:
        """Whether an engine runs now."""
        with self._lock:
            return any(servable.running for servable in self._servables)

    def lines(self) -> Iterator[str]:
        """Gives their lines of the page.

        `model_engine` is 1 for the engine that runs a version; `batch_rows` by `batches` is the mean batch.
        """
        with self._lock:
            families = (self._warm_ups, self._records, self._waits, self._runs)
            counted = [line for family in families for line in family.lines()]
            # One that was retired may still run.
            self._servables = [one for one in self._servables if not one.retired or one.running]
            loaded = sorted(
                (one for one in self._servables if not one.retired),
                key=lambda servable: (servable.name, servable.version),
            )
        yield from counted
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
