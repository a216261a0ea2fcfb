"""Request counts and latencies under TensorFlow Serving's names, in Prometheus' text form.

The original's counters do not end in `_total` as Prometheus' own client library wants, so the page is written here.
"""

import bisect
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.protobuf import text_format

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.wire.messages import MonitoringConfig

DEFAULT_PATH = "/monitoring/prometheus/metrics"
BOUNDS = [10 * 1.8**power for power in range(33)]
"""Upper bounds of the latency buckets, in microseconds."""
MAX_MODELS = 1000
"""So many model names are counted apart; clients choose the names, and each name costs memory."""
OTHER_MODELS = "(other)"

_COUNT = ":tensorflow:serving:request_count"
_LATENCY = ":tensorflow:serving:request_latency"
Labels = tuple[tuple[str, str], ...]


class Monitor:
    """Counts requests.

    Args:
        path: where the page is served; None when it is not.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._counts: Counter[Labels] = Counter()
        self._buckets: dict[Labels, list[int]] = {}
        self._sums: Counter[Labels] = Counter()

    @contextmanager
    def request(self, model: str, api: str, entrypoint: str) -> Iterator[None]:
        """Counts what happens in the block, by its outcome; successes also by their latency."""
        began = time.perf_counter()
        status = "OK"
        try:
            yield
        except RpcError as error:
            status = error.code
            raise
        except Exception:
            status = "INTERNAL"
            raise
        finally:
            self._record(model, status, api, entrypoint, (time.perf_counter() - began) * 1e6)

    def page(self) -> bytes:
        """All numbers so far."""
        with self._lock:
            lines = [f"# TYPE {_COUNT} counter"]
            lines += [f"{_COUNT}{_braces(labels)} {count}" for labels, count in sorted(self._counts.items())]
            lines.append(f"# TYPE {_LATENCY} histogram")
            for labels, buckets in sorted(self._buckets.items()):
                lines += self._histogram(labels, buckets)
        return ("\n".join(lines) + "\n").encode()

    def _record(self, model: str, status: str, api: str, entrypoint: str, microseconds: float) -> None:
        with self._lock:
            if len(self._names) >= MAX_MODELS and model not in self._names:
                model = OTHER_MODELS
            self._names.add(model)
            self._counts[(("model_name", model), ("status", status))] += 1
            if status == "OK":
                labels = (("model_name", model), ("API", api), ("entrypoint", entrypoint))
                buckets = self._buckets.setdefault(labels, [0] * (len(BOUNDS) + 1))
                buckets[bisect.bisect_left(BOUNDS, microseconds)] += 1
                self._sums[labels] += int(microseconds)

    def _histogram(self, labels: Labels, buckets: list[int]) -> Iterator[str]:
        total = 0
        for bound, count in zip([*(f"{bound:g}" for bound in BOUNDS), "+Inf"], buckets, strict=True):
            total += count
            yield f"{_LATENCY}_bucket{_braces((*labels, ('le', bound)))} {total}"
        yield f"{_LATENCY}_sum{_braces(labels)} {self._sums[labels]}"
        yield f"{_LATENCY}_count{_braces(labels)} {total}"


def read_config(path: Path) -> str | None:
    """The path of the metrics page that a monitoring config file names; None if it switches the page off.

    Raises:
        SettingsError: the file is missing or is none.
    """
    try:
        config = text_format.Parse(path.read_text(), MonitoringConfig()).prometheus_config
    except OSError as error:
        raise SettingsError(f"--monitoring_config_file: {path}: {error.strerror}") from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"--monitoring_config_file: {path}: not a tensorflow.serving.MonitoringConfig: {error}",
            hint="expected: prometheus_config { enable: true }",
        ) from None
    return (config.path or DEFAULT_PATH) if config.enable else None


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
