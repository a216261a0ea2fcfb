"""Units whose pictures come one by one through two gateways: closed once, settled later, whoever dies or is away."""

import asyncio
from pathlib import Path

import pytest

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.closing import Closing, left_open, of_records
from aoi_modules.results.database import presence, unit_rows
from aoi_modules.results.database.presence import forget
from aoi_modules.results.recorder import Recorder
from aoi_modules.verdict import Verdict
from tests.results.units.conftest import gateway, record, run


async def verdicts(recorder: Recorder, unit: str, count: int) -> list[Closing]:
    """The unit's closings, as soon as there are so many."""
    for _ in range(200):
        found = await unit_rows.history(recorder.database, unit)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} closings")


def test_a_unit_of_one_gateway_is_closed_by_its_pictures(tmp_path: Path) -> None:
    async def act() -> Closing:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"))
            await a.keep(record("S1", "right", Verdict.FAIL))
            return await a.units.close("S1")

    closing = run(act)
    assert (closing.verdict, closing.product, closing.revision, closing.run) == (Verdict.FAIL, "motor", 1, 1)
    assert [one.position for one in closing.positions] == ["left", "right"]
    assert closing.settled


def test_a_required_picture_that_never_came(tmp_path: Path) -> None:
    async def act() -> Closing:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"))
            return await a.units.close("S1", "motor")

    closing = run(act)
    assert (closing.verdict, closing.missing, closing.reason) == (Verdict.REVIEW, ("right",), "")


def test_pictures_that_alternate_between_two_gateways_are_one_unit(tmp_path: Path) -> None:
    async def act() -> tuple[Closing, Closing, list[Closing]]:
        async with gateway(tmp_path, "a") as a, gateway(tmp_path, "b") as b:
            await a.keep(record("S1", "left"))
            await b.keep(record("S1", "right"))
            first, second = await asyncio.gather(a.units.close("S1"), b.units.close("S1"))
            return first, second, await verdicts(a, "S1", 1)

    first, second, rows = run(act)
    assert first == second, "whoever was second is told what the first one said"
    assert (first.verdict, len(first.positions), len(rows)) == (Verdict.PASS, 2, 1)


def test_a_gateway_that_died_may_hold_a_picture_and_settles_it_when_it_is_back(tmp_path: Path) -> None:
    async def act() -> tuple[Closing, str, list[Closing]]:
        async with gateway(tmp_path, "a") as a:
            async with gateway(tmp_path, "b") as b:
                dead = b.units._gateway
                await asyncio.sleep(0.3)
            # as after `kill -9`: it did not say that it left, and something is in its spool
            await presence.note(a.database, dead, await presence.clock(a.database), left=False)
            await a.keep(record("S1", "left"))
            closing = await a.units.close("S1")
            async with gateway(tmp_path, "b") as b:
                await b.keep(record("S1", "right"))
                return closing, dead, await verdicts(a, "S1", 2)

    closing, dead, rows = run(act)
    assert (closing.verdict, closing.awaited, closing.settled) == (Verdict.REVIEW, (dead,), False)
    assert dead in closing.reason
    assert [row.settled for row in rows] == [True, True]
    assert (rows[1].run, rows[1].revision) == (1, 2)


def test_a_unit_that_fails_fails_whatever_else_may_come(tmp_path: Path) -> None:
    async def act() -> Closing:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left", Verdict.FAIL), committed_within=10)
            await presence.note(a.database, "gone", await presence.clock(a.database))
            return await a.units.close("S1")

    closing = run(act)
    assert (closing.verdict, closing.awaited, closing.settled) == (Verdict.FAIL, ("gone",), False)


def test_a_gateway_that_never_comes_back_can_be_forgotten(tmp_path: Path) -> None:
    async def act() -> Closing:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"), committed_within=10)
            await presence.note(a.database, "gone", await presence.clock(a.database))
            await forget(a.database, "gone")
            with pytest.raises(NoSuchResult, match="no gateway 'gone'"):
                await forget(a.database, "gone")
            return await a.units.close("S1")

    assert run(act).awaited == ()


def test_what_comes_after_the_closing_is_another_run(tmp_path: Path) -> None:
    async def act() -> list[Closing]:
        async with gateway(tmp_path, "a") as a:
            found = []
            for verdict, later in ((Verdict.FAIL, 0), (Verdict.PASS, 60)):
                await a.keep(record("S1", "left", verdict, later=later))
                await a.keep(record("S1", "right", later=later))
                found += [await a.units.close("S1"), await a.units.close("S1")]
            return found

    first, again, repaired, last = run(act)
    assert (first.run, first.verdict) == (1, Verdict.FAIL)
    assert again == first
    assert (repaired.run, repaired.verdict, len(repaired.positions)) == (2, Verdict.PASS, 2)
    assert last == repaired


def test_a_unit_of_a_product_with_a_time_closes_by_itself(tmp_path: Path) -> None:
    async def act() -> list[Closing]:
        async with gateway(tmp_path, "a") as a, gateway(tmp_path, "b") as b:
            await a.keep(record("Q1", "left", product="quick"))
            await b.keep(record("Q1", "right", product="quick"))
            found = await verdicts(a, "Q1", 1)
            await asyncio.sleep(1.5)
            return await verdicts(a, "Q1", len(found))

    *early, closing = run(act)
    assert all(one.awaited for one in early), "only what the other may have held is settled by a later row"
    assert (closing.verdict, closing.product, len(closing.positions)) == (Verdict.PASS, "quick", 2)


def test_nothing_is_known_of_a_unit(tmp_path: Path) -> None:
    async def act() -> Closing:
        async with gateway(tmp_path, "a") as a:
            with pytest.raises(NoSuchResult, match="no picture of unit 'S9' is known"):
                await a.units.close("S9")
            return await a.units.close("S9", "motor")

    assert run(act).missing == ("left", "right")


def test_a_picture_of_a_gateway_that_nobody_knew_settles_the_unit_later(tmp_path: Path) -> None:
    async def act() -> tuple[Closing, list[Closing]]:
        async with gateway(tmp_path, "a") as a:
            late = record("S1", "right", Verdict.FAIL)
            await a.keep(record("S1", "left"))
            closing = await a.units.close("S1", "motor")
            async with gateway(tmp_path, "b") as b:
                await b.keep(late)
                return closing, await verdicts(a, "S1", 2)

    closing, rows = run(act)
    assert (closing.verdict, closing.settled) == (Verdict.REVIEW, True)
    assert [(row.verdict, row.run, row.revision) for row in rows] == [(Verdict.REVIEW, 1, 1), (Verdict.FAIL, 1, 2)]


def unknown_to(recorder: Recorder, unit: str) -> Closing:
    """A closing of the time when the database is away, as it comes from the spool later."""
    empty = of_records(unit, (), product="motor", required=(), gateway=recorder.units._gateway)
    return left_open(empty, (), "the database is away")


def test_a_closing_while_the_database_was_away_is_settled_by_what_it_has(tmp_path: Path) -> None:
    async def act() -> list[Closing]:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"))
            await a.keep(record("S1", "right"))
            await a.keep_closing(unknown_to(a, "S1"))
            return await verdicts(a, "S1", 2)

    first, settled = run(act)
    assert (first.verdict, first.reason, first.revision) == (Verdict.REVIEW, "the database is away", 1)
    assert (settled.verdict, settled.run, settled.revision) == (Verdict.PASS, 1, 2)


def test_a_unit_that_was_closed_keeps_its_verdict_though_it_is_closed_again_while_the_database_is_away(
    tmp_path: Path,
) -> None:
    async def act() -> tuple[Closing, list[Closing]]:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"))
            await a.keep(record("S1", "right"))
            closing = await a.units.close("S1")
            await a.keep_closing(unknown_to(a, "S1"))
            await a.keep(record("S2", "left"), committed_within=10)  # what stands behind it is stored
            return closing, await unit_rows.history(a.database, "S1")

    closing, rows = run(act)
    assert rows == [closing]
