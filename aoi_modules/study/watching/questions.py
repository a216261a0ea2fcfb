"""Questions in PromQL about a small line: right ones, and the wrong ones that most people ask first. Pure."""

from collections.abc import Mapping

VERDICTS = "aoi_gateway_verdicts_total"
REQUESTS = "aoi_gateway_requests_total"
SECONDS = "aoi_gateway_upstream_seconds"
BRIGHTNESS = "aoi_gateway_picture_brightness"
ROWS = ":aoi:serving:batch_rows"
METRICS = (VERDICTS, REQUESTS, SECONDS, BRIGHTNESS, ROWS)


def speed(component: str, window: str) -> str:
    """Parts judged a second, of a component."""
    return f'sum(rate({VERDICTS}{{component="{component}"}}[{window}]))'


def share(verdict: str, window: str) -> str:
    """The share of the parts with a verdict, by component."""
    some = f'sum by (component) (rate({VERDICTS}{{verdict="{verdict}"}}[{window}]))'
    return f"{some} / sum by (component) (rate({VERDICTS}[{window}]))"


def slowest(window: str) -> str:
    """The seconds within which 99 of 100 answers of the model server come, by component."""
    return f"histogram_quantile(0.99, sum by (le, component) (rate({SECONDS}_bucket[{window}])))"


def versions(window: str) -> str:
    """Pictures a second that the model server judged, by model and version."""
    return f"sum by (model_name, version) (rate({ROWS}[{window}]))"


def statuses(window: str) -> str:
    """Answers a second, by status."""
    return f"sum by (status) (rate({REQUESTS}[{window}]))"


def brightness(window: str) -> str:
    """How bright the pictures are, by component."""
    whole = f"sum by (component) (rate({BRIGHTNESS}_count[{window}]))"
    return f"sum by (component) (rate({BRIGHTNESS}_sum[{window}])) / {whole}"


def panels(window: str) -> Mapping[str, str]:
    """The questions of the panels that are shown of a shift, by title."""
    return {
        "answers a second, by status": statuses(window),
        "share of FAIL, by component": share("FAIL", window),
        "p99 of the model's seconds, by component": slowest(window),
        "brightness of the pictures": brightness(window),
        "pictures a second, by model and version": versions(window),
    }


def counted(component: str) -> str:
    """Parts judged since the start, by verdict: what a counter says by itself."""
    return f'sum by (verdict) ({VERDICTS}{{component="{component}"}})'


def speeds(component: str, window: str) -> str:
    """Parts judged a second, by verdict."""
    return f'sum by (verdict) (rate({VERDICTS}{{component="{component}"}}[{window}]))'


def buckets(component: str) -> str:
    """Answers of the model server within so many seconds, by the bound of the bucket."""
    return f'sum by (le) ({SECONDS}_bucket{{component="{component}"}})'


def drawn(component: str, window: str) -> list[str]:
    """Questions that are drawn over time."""
    return [counted(component), speeds(component, window), *panels(window).values()]


def known(components: tuple[str, ...], window: str) -> list[str]:
    """Every question that the lesson asks, and what most people write first."""
    first = [
        *(speed(one, window) for one in components),
        *(f'sum(rate({VERDICTS}[{window}]))' for _ in components[:1]),
        *(f'sum({VERDICTS}{{component="{one}"}})' for one in components),
        *(f'{VERDICTS}{{component="{one}"}}' for one in components),
        *(f'rate({VERDICTS}{{component="{one}"}}[{window}])' for one in components),
        *(share(verdict, window) for verdict in ("REVIEW", "FAIL", "PASS")),
        f'sum by (component) (rate({VERDICTS}{{verdict="REVIEW"}}[{window}]))',
        f"histogram_quantile(0.99, sum by (component) (rate({SECONDS}_bucket[{window}])))",
        f"histogram_quantile(0.99, sum by (le) (rate({SECONDS}_bucket[{window}])))",
        f"histogram_quantile(0.99, rate({SECONDS}_bucket[{window}]))",
        f"histogram_quantile(99, sum by (le, component) (rate({SECONDS}_bucket[{window}])))",
        f"histogram_quantile(0.99, sum by (le, component) ({SECONDS}_bucket))",
        f"sum by (model_name) (rate({ROWS}[{window}]))",
        f"sum(rate({ROWS}[{window}]))",
        f"rate({ROWS}[{window}])",
        VERDICTS, REQUESTS, ROWS, "up", "aoi_gateway_in_flight",
    ]  # fmt: skip
    more = [question for one in components for question in (counted(one), speeds(one, window), buckets(one))]
    return [*first, *more, *panels(window).values()]
