"""How often a candidate could not answer at the line, as the gateways count it."""

from collections.abc import Sequence

from aoi_modules.client.rollout.metrics_page import MetricsPage

_PATH = "/metrics"
_HINT = "name the gateway by its address, for example --gateway http://127.0.0.1:8080"


def failures_at(gateways: Sequence[str], component: str) -> int | None:
    """Asks gateways how many inspections the component's canary and shadow could not answer since they started.

    Args:
        gateways: URLs; with none there is no answer.
        component: whose.

    Raises:
        Unreachable: one does not answer.
        TooSlow: its answer did not come in time.
        WireError: it answers something else.
    """
    if not gateways:
        return None
    return sum(failures_of(MetricsPage.ask(url, path=_PATH, hint=_HINT), component) for url in gateways)


def failures_of(page: MetricsPage, component: str) -> int:
    """Counts them on the metrics page of a gateway."""
    canary = page.total("aoi_gateway_canary_failures_total", component=component)
    shadow = page.total("aoi_gateway_shadows_total", component=component, outcome="failed")
    return round(canary + shadow)
