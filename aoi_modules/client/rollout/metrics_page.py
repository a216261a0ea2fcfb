"""The metrics page of a model server: counters and histograms, read once, to be compared with a later reading."""

import re
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import Unreachable, WireError

PATH = "/monitoring/prometheus/metrics"
REQUESTS = ":tensorflow:serving:request_count"
"""Counter of calls, by model_name and status."""
LATENCY = ":tensorflow:serving:request_latency"
"""Histogram of answered calls in microseconds, by model_name, API and entrypoint."""
_HINT = "start the server with --rest_api_port and --monitoring_config_file"

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class MetricsPage:
    """What the page said: a number by name and labels."""

    samples: dict[tuple[str, Labels], float]

    @classmethod
    def ask(cls, url: str, *, timeout: float = 10.0, path: str = PATH, hint: str = _HINT) -> "MetricsPage":
        """Reads the page of a server.

        Args:
            url: of the server's REST port.
            timeout: seconds.
            path: of the page, which other servers have elsewhere.
            hint: what to do where there is none.

        Raises:
            Unreachable: nobody answers there, or there is no page.
            TooSlow: it did not come in time.
            WireError: it is no metrics page.
        """
        calls = HttpCalls(url, hint=hint)
        status, page = calls.call("GET", url.rstrip("/") + path, Attempts(timeout, 0))
        calls.close()
        if status != 200:
            raise Unreachable(f"no metrics page at {url}: HTTP status {status}", hint=hint)
        return cls.parse(page.decode(errors="replace"))

    @classmethod
    def parse(cls, text: str) -> "MetricsPage":
        """Reads Prometheus' text form.

        Raises:
            WireError: it is none.
        """
        # The parser adds _total to the names of counters, which TensorFlow Serving's do not have.
        plain = re.sub(r"^(# TYPE \S+) counter$", r"\1 gauge", text, flags=re.MULTILINE)
        try:
            families = list(text_string_to_metric_families(plain))
        except ValueError as error:
            raise WireError(f"not a metrics page in Prometheus' text form: {error}") from None
        samples = [sample for family in families for sample in family.samples]
        return cls({(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples})

    def total(self, name: str, **labels: str) -> float:
        """Sums up all samples of a name that carry these labels; 0 if there are none."""
        wanted = frozenset(labels.items())
        return sum(value for (other, carried), value in self.samples.items() if other == name and wanted <= carried)

    def buckets(self, name: str, **labels: str) -> dict[float, float]:
        """Counts how many values of a histogram were at most so great: count by upper bound, rising, infinity last."""
        wanted = frozenset(labels.items())
        counts: dict[float, float] = {}
        for (other, carried), value in self.samples.items():
            if other == f"{name}_bucket" and wanted <= carried:
                bound = float(dict(carried)["le"])
                counts[bound] = counts.get(bound, 0.0) + value
        return dict(sorted(counts.items()))
