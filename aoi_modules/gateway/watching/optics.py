"""Watches lamps and lenses: how bright and sharp the line's pictures are, against those that the model learnt from."""

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.shots import Shot
from aoi_modules.modelstore.reference import Drift, Reference, drift
from aoi_modules.pictures.quality import Quality, measure, measure_file

PAUSE_SECONDS = 0.5
"""Between two pictures of a component: a lamp does not dim within a second, and two a second fill the window soon."""
SHARE = 0.1
"""Of one core that measuring takes at most, for all components together: the rest of the machine is the line's."""
WINDOW = 200
"""Pictures of a component, the last that were measured, that stand for how the line is now."""


@dataclass
class View:
    """How the pictures of one component are now.

    Args:
        reference: those that the model in service learnt from; None where its manifest does not say.
        measured: the last pictures of the line.
        due: when the next one may be measured, by `time.monotonic`.
    """

    reference: Reference | None = None
    measured: deque[Quality] = field(default_factory=lambda: deque(maxlen=WINDOW))
    due: float = 0.0

    @property
    def present(self) -> Reference | None:
        """The figures of the line's pictures; None before the first."""
        return Reference.of(self.measured)

    @property
    def drift(self) -> Drift | None:
        """How far the line is from the reference; None where that is unknown."""
        return drift(self.present, self.reference)


class Optics(Collector):
    """Measures some of the line's pictures once they are answered. Made inside the running event loop.

    Args:
        metrics: have what is measured, and show what `collect` tells.
        pause_seconds: between two pictures of a component.
    """

    def __init__(self, metrics: Metrics, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._metrics = metrics
        self._pause_seconds = pause_seconds
        self._views: dict[str, View] = {}
        self._waiting: dict[str, Shot] = {}
        """The latest picture of each component that is due; those that came before it are not measured any more."""
        self._work: asyncio.Task[None] | None = None
        metrics.show(self)

    def view(self, component: str) -> View:
        """How the pictures of a component are."""
        return self._views.get(component) or View()

    def use(self, components: Collection[str]) -> None:
        """Forgets the components that are not inspected any more."""
        self._views = {name: view for name, view in self._views.items() if name in components}

    def compare(self, component: str, reference: Reference | None) -> None:
        """Compares a component's pictures from now on with those that the model in service learnt from."""
        self._views.setdefault(component, View()).reference = reference

    def look(self, component: str, shot: Shot) -> None:
        """Takes note of a picture that was answered, and waits for nothing.

        It is measured if it is the turn of its component, and if no later one takes its place before that.
        """
        view, now = self._views.setdefault(component, View()), time.monotonic()
        if now < view.due:
            return
        view.due = now + self._pause_seconds
        if component in self._waiting:
            self._metrics.not_measured.labels(component).inc()
        self._waiting[component] = shot
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._measure())

    async def close(self) -> None:
        """Leaves what is not measured."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def collect(self) -> Iterator[Metric]:
        """Tells Prometheus the references and the drift; what is unknown is left out."""
        reference = GaugeMetricFamily(
            "aoi_gateway_picture_reference",
            "Pictures that the model in service learnt from, by component, figure and statistic.",
            labels=["component", "figure", "statistic"],
        )
        drifts = GaugeMetricFamily(
            "aoi_gateway_picture_drift",
            "How far the mean of the last pictures is from the reference, in its standard deviations, by component and "
            "figure; below 0 they are darker, or less sharp.",
            labels=["component", "figure"],
        )
        for component, view in self._views.items():
            found = view.drift
            for figure in ("brightness", "sharpness"):
                if view.reference is not None:
                    spread = getattr(view.reference, figure)
                    for statistic in ("mean", "deviation", "p1", "p50", "p99"):
                        reference.add_metric([component, figure, statistic], getattr(spread, statistic))
                if found is not None:
                    drifts.add_metric([component, figure], getattr(found, figure))
        return iter((reference, drifts))

    async def _measure(self) -> None:
        """Measures what waits, one after the other, and rests in between."""
        while self._waiting:
            component = next(iter(self._waiting))
            quality, seconds = await asyncio.to_thread(_measured, self._waiting.pop(component))
            if component in self._views:
                self._views[component].measured.append(quality)
                self._metrics.brightness.labels(component).observe(quality.brightness)
                self._metrics.sharpness.labels(component).observe(quality.sharpness)
            await asyncio.sleep(seconds * (1 / SHARE - 1))


def _measured(shot: Shot) -> tuple[Quality, float]:
    """What is measured of a picture, and the seconds of a core that it took."""
    started = time.thread_time()
    quality = measure_file(shot.content) if shot.frame is None else measure(shot.pixels())
    return quality, time.thread_time() - started
