"""Some pictures are measured after their answer, and compared with those that the model in service learnt from."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.gateway.watching.optics import WINDOW, Optics, View
from aoi_modules.modelstore.reference import FEWEST, Reference, Spread
from aoi_modules.pictures.quality import Quality
from tests.gateway.conftest import picture_bytes

FRAME = FrameSize(8, 6, 1)


def reference(brightness: float, pictures: int = 100) -> Reference:
    return Reference(
        pictures=pictures,
        brightness=Spread(mean=brightness, deviation=0.1, p1=0.0, p50=brightness, p99=1.0),
        sharpness=Spread(mean=10.0, deviation=2.0, p1=5.0, p50=10.0, p99=15.0),
    )


def frame(level: int) -> Shot:
    """A raw frame of one level of gray."""
    return Shot(np.full((6, 8), level, np.uint8).tobytes(), FRAME)


async def measured(optics: Optics, component: str, count: int) -> list[float]:
    """The brightness of a component's pictures, once so many are measured."""
    async with asyncio.timeout(30):
        while len(optics.view(component).measured) < count:
            await asyncio.sleep(0.001)
    return [round(one.brightness * 255) for one in optics.view(component).measured]


async def feed(optics: Optics, component: str, levels: list[int]) -> None:
    """Lets frames be measured one after the other."""
    before = len(optics.view(component).measured)
    for number, level in enumerate(levels, before + 1):
        optics.look(component, frame(level))
        await measured(optics, component, number)


def run(act: Callable[[Optics, Metrics], Awaitable[None]], pause_seconds: float = 0.0) -> None:
    async def whole() -> None:
        metrics = Metrics()
        optics = Optics(metrics, pause_seconds=pause_seconds)
        try:
            await act(optics, metrics)
        finally:
            await optics.close()

    asyncio.run(whole())


def page(metrics: Metrics) -> dict[str, float]:
    """What the page says of pictures: {name and labels: value}."""
    lines = metrics.text().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if line.startswith("aoi_gateway_picture"))
    return {name.removeprefix("aoi_gateway_"): float(value) for name, _, value in pairs if "_created" not in name}


def test_files_and_frames_are_measured_and_counted() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        optics.look("tile", Shot(picture_bytes()))
        optics.look("dial", frame(51))
        assert await measured(optics, "dial", 1) == [51]
        (tile,) = await measured(optics, "tile", 1)
        assert 100 < tile < 155, "a gradient from black to white"
        shown = page(metrics)
        assert shown['picture_brightness_count{component="tile"}'] == 1.0
        assert shown['picture_brightness_sum{component="dial"}'] == pytest.approx(0.2)
        assert shown['picture_sharpness_count{component="dial"}'] == 1.0
        assert not [name for name in shown if "reference" in name or "drift" in name]

    run(act)


def test_the_drift_is_told_once_enough_pictures_came() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        optics.compare("tile", reference(0.5))
        await feed(optics, "tile", [51] * (FEWEST - 1))
        assert page(metrics)['picture_reference{component="tile",figure="brightness",statistic="mean"}'] == 0.5
        assert page(metrics)['picture_reference{component="tile",figure="sharpness",statistic="p99"}'] == 15.0
        assert not [name for name in page(metrics) if "drift" in name]
        await feed(optics, "tile", [51])
        assert page(metrics)['picture_drift{component="tile",figure="brightness"}'] == pytest.approx(-3.0)
        assert page(metrics)['picture_drift{component="tile",figure="sharpness"}'] == pytest.approx(-5.0)

    run(act)


def test_another_version_brings_its_own_figures_and_the_window_stays() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        optics.compare("tile", reference(0.5))
        await feed(optics, "tile", [51] * FEWEST)
        optics.compare("tile", reference(0.2))
        assert page(metrics)['picture_drift{component="tile",figure="brightness"}'] == pytest.approx(0.0)
        assert page(metrics)['picture_reference{component="tile",figure="brightness",statistic="p50"}'] == 0.2
        optics.compare("tile", None)
        assert not [name for name in page(metrics) if "reference" in name or "drift" in name]
        assert len(optics.view("tile").measured) == FEWEST
        optics.compare("tile", reference(0.2, pictures=FEWEST - 1))
        assert not [name for name in page(metrics) if "drift" in name], "so few pictures say nothing"

    run(act)


def test_of_pictures_that_wait_the_latest_is_measured() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        for level in (10, 20, 30):
            optics.look("tile", frame(level))  # no other task runs in between
        optics.look("dial", frame(40))
        assert await measured(optics, "dial", 1) == [40]
        assert list(await measured(optics, "tile", 1)) == [30]
        assert 'aoi_gateway_pictures_not_measured_total{component="tile"} 2.0' in metrics.text().decode()

    run(act)


def test_within_the_pause_no_other_picture_of_the_component_is_taken() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        for level in (10, 20, 30):
            optics.look("tile", frame(level))
        optics.look("dial", frame(40))
        await measured(optics, "dial", 1)
        assert await measured(optics, "tile", 1) == [10]
        assert "not_measured_total{" not in metrics.text().decode(), "it was not their turn"

    run(act, pause_seconds=3600)


def test_the_window_holds_the_last_pictures_only() -> None:
    view = View()
    view.measured.extend(Quality(at / 1000, 0.0) for at in range(WINDOW + 5))
    assert len(view.measured) == WINDOW
    assert view.present is not None
    assert view.present.brightness.mean == pytest.approx((4 + WINDOW / 2 + 0.5) / 1000)


def test_a_component_that_is_not_inspected_any_more_is_forgotten() -> None:
    async def act(optics: Optics, metrics: Metrics) -> None:
        for name in ("tile", "dial"):
            optics.compare(name, reference(0.5))
            await feed(optics, name, [51] * FEWEST)
        optics.use(["dial"])
        shown = page(metrics)
        assert not [name for name in shown if ("drift" in name or "reference" in name) and "tile" in name]
        assert 'picture_drift{component="dial",figure="brightness"}' in shown
        assert optics.view("tile") == View()

    run(act)
