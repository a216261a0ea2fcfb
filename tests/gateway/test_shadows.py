"""Shadows: compared after the answer, counted whatever comes of them, and nobody waits for them."""

import asyncio
import io
import json

import pytest

from aoi_modules.errors import Unreachable
from aoi_modules.gateway import shadows as shadows_module
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.shadows import AT_ONCE, FAILED_IN_A_ROW, WAITING, WAITING_BYTES, Shadows
from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.logs import event_log
from aoi_modules.verdict import Verdict


def inspection(verdict: Verdict, version: int = 1) -> Inspection:
    return Inspection(component="tile", verdict=verdict, model=ModelVersion(name="tile", version=version), heads=())


def outcomes(*shadow_says: Inspection | Exception) -> tuple[str, list[dict[str, object]]]:
    """The metrics' page and the log, after shadows of a part that passed said all that."""
    metrics, stream = Metrics(), io.StringIO()

    async def run() -> None:
        shadows = Shadows(metrics, event_log(stream))
        for said in shadow_says:

            async def ask(said: Inspection | Exception = said) -> Inspection:
                if isinstance(said, Exception):
                    raise said
                return said

            shadows.follow(inspection(Verdict.PASS), ask, "r1", size=1)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await shadows.close()

    asyncio.run(run())
    return metrics.text().decode(), [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_shadow_that_agrees_is_counted_and_not_logged() -> None:
    page, log = outcomes(inspection(Verdict.PASS, 2))
    assert 'aoi_gateway_shadows_total{component="tile",outcome="same"} 1.0' in page
    assert log == []


def test_a_shadow_that_differs_is_logged_with_both_verdicts() -> None:
    page, (line,) = outcomes(inspection(Verdict.FAIL, 2))
    assert 'aoi_gateway_shadows_total{component="tile",outcome="other"} 1.0' in page
    assert (line["event"], line["verdict"], line["shadow_verdict"]) == ("shadow differs", "PASS", "FAIL")
    assert (line["version"], line["shadow_version"]) == (1, 2)
    assert (line["request_id"], line["component"]) == ("r1", "tile")


def test_a_shadow_that_fails_is_logged_with_its_cause() -> None:
    page, (line,) = outcomes(Unreachable("no model server answers at 127.0.0.1:1"))
    assert 'aoi_gateway_shadows_total{component="tile",outcome="failed"} 1.0' in page
    assert (line["event"], line["detail"]) == ("shadow failed", "no model server answers at 127.0.0.1:1")
    assert (line["request_id"], line["component"]) == ("r1", "tile")


def test_a_shadow_that_fails_again_and_again_rests_and_is_tried_again_with_one_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = Unreachable("nobody")
    page, log = outcomes(*[away] * (FAILED_IN_A_ROW + 3))
    assert f'outcome="failed"}} {FAILED_IN_A_ROW}.0' in page
    assert 'outcome="skipped"} 3.0' in page
    assert [line.get("rests_seconds") for line in log] == [None] * (FAILED_IN_A_ROW - 1) + [1.0]

    monkeypatch.setattr(shadows_module, "SHORTEST_REST", 0.0)
    page, log = outcomes(*[away] * (FAILED_IN_A_ROW + 3), inspection(Verdict.PASS), *[away] * (FAILED_IN_A_ROW - 1))
    assert f'outcome="failed"}} {2 * FAILED_IN_A_ROW + 2}.0' in page
    assert 'outcome="same"} 1.0' in page
    assert 'outcome="skipped"' not in page


def test_after_a_rest_one_picture_tells_for_all_and_routes_that_change_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shadows_module, "SHORTEST_REST", 0.0)
    metrics = Metrics()

    async def run() -> None:
        shadows, asked = Shadows(metrics, event_log(io.StringIO())), Asked()

        async def fail() -> Inspection:
            raise Unreachable("nobody")

        for _ in range(FAILED_IN_A_ROW):
            shadows.follow(inspection(Verdict.PASS), fail, "r1", size=1)
        await asyncio.sleep(0)
        for _ in range(3):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=1)
        await asyncio.sleep(0)
        assert asked.begun == 1
        shadows.begin_anew()
        for _ in range(3):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=1)
        await asyncio.sleep(0)
        assert asked.begun == 4
        await shadows.close()

    asyncio.run(run())
    assert 'outcome="skipped"} 2.0' in metrics.text().decode()


class Asked:
    """Shadows that answer when they are let go.

    Attributes:
        begun, ended: how many were asked, and how many of them are no longer.
    """

    def __init__(self) -> None:
        self.begun = self.ended = 0
        self.let_go = asyncio.Event()

    async def ask(self) -> Inspection:
        self.begun += 1
        try:
            await self.let_go.wait()
            return inspection(Verdict.PASS, 2)
        finally:
            self.ended += 1


def test_only_so_many_are_under_way_and_the_next_ones_wait_for_them() -> None:
    metrics = Metrics()

    async def run() -> None:
        shadows, asked = Shadows(metrics, event_log(io.StringIO())), Asked()
        for _ in range(AT_ONCE + WAITING + 3):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=1)
        await asyncio.sleep(0)
        assert asked.begun == AT_ONCE
        asked.let_go.set()
        async with asyncio.timeout(10):
            while asked.ended < AT_ONCE + WAITING:
                await asyncio.sleep(0)
        await shadows.close()

    asyncio.run(run())
    page = metrics.text().decode()
    assert 'aoi_gateway_shadows_total{component="tile",outcome="skipped"} 3.0' in page
    assert f'aoi_gateway_shadows_total{{component="tile",outcome="same"}} {AT_ONCE + WAITING}.0' in page


def test_pictures_that_wait_for_their_shadow_have_a_bound_in_bytes_that_is_given_back() -> None:
    metrics = Metrics()

    async def run() -> None:
        shadows, asked = Shadows(metrics, event_log(io.StringIO())), Asked()
        for _ in range(AT_ONCE + 2):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=WAITING_BYTES)
        asked.let_go.set()
        async with asyncio.timeout(10):
            while asked.ended < AT_ONCE + 1:
                await asyncio.sleep(0)
        await asyncio.sleep(0)  # and the places are given back
        await asyncio.sleep(0)
        asked.let_go.clear()
        for _ in range(AT_ONCE + 1):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=WAITING_BYTES)
        assert 'outcome="skipped"} 1.0' in metrics.text().decode()
        await shadows.close()

    asyncio.run(run())


def test_all_end_with_the_gateway_and_no_other_begins() -> None:
    async def run() -> None:
        shadows, asked = Shadows(Metrics(), event_log(io.StringIO())), Asked()
        for _ in range(AT_ONCE + 3):
            shadows.follow(inspection(Verdict.PASS), asked.ask, "r1", size=1)
        await asyncio.sleep(0)
        await shadows.close()
        assert (asked.begun, asked.ended) == (AT_ONCE, AT_ONCE)

    asyncio.run(run())
