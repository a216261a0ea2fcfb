"""Which components the checks of the station lock now: what they refuse, and what Prometheus is told of it."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aoi_modules.errors import StationLocked
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes
from aoi_modules.results.station.last_seen import ChecksSeen


class Locks(Collector):
    """The locks of one gateway.

    Args:
        checks: of the station; None where none can be recorded.
        routes: whose plans say what locks a component.
        metrics: that show them.
    """

    def __init__(self, checks: ChecksSeen | None, routes: Routes, metrics: Metrics) -> None:
        self._checks = checks
        self._routes = routes
        metrics.show(self)

    def use(self, routes: Routes) -> None:
        """Locks by other plans from now on."""
        self._routes = routes

    def refuse(self, component: str) -> None:
        """Lets a component pass that is not locked.

        Raises:
            StationLocked: a check of it failed or is missing, and its plan wants that it is not inspected then.
        """
        plan = self._routes.checks.get(component)
        if plan is None:
            return
        if self._checks is not None:
            self._checks.refuse_locked(component, plan, self._routes.calendar)
        elif plan.locks:
            raise StationLocked(component, "its checks cannot be recorded, since this gateway records nothing")

    def collect(self) -> Iterator[Metric]:
        """Tells Prometheus of each component that the routes have checked whether it is locked."""
        locked = GaugeMetricFamily(
            "aoi_gateway_locked",
            "1 while a component is locked, since a check of it failed or is missing; of components with a plan.",
            labels=["component"],
        )
        for component in self._routes.checks:
            locked.add_metric([component], float(self._is_locked(component)))
        return iter((locked,))

    def _is_locked(self, component: str) -> bool:
        try:
            self.refuse(component)
        except StationLocked:
            return True
        return False
