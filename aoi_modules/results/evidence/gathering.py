"""The evidence about two versions, out of the database: pictures that both saw, and what people said of them."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.datasets.dealing import Deal, unit_of
from aoi_modules.results.evidence.decision import Pairs
from aoi_modules.results.record import first_id
from aoi_modules.results.review.judgement import SAMPLED, Given
from aoi_modules.verdict import Verdict

_PAGE = 5000
_BY_CHANCE: frozenset[Given] = SAMPLED | {"disagreement"}
"""Reasons by which parts of a kind are a random sample: all wait for a person about which two versions differ."""


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The two that are compared."""

    component: str
    incumbent: ModelVersion
    """In service."""
    candidate: ModelVersion


async def pairs_of(
    database: Database, versions: Versions, deal: Deal, learnt: Collection[str], since: datetime | None = None
) -> tuple[list[Pairs], int]:
    """Counts the pictures that the candidate saw as a shadow of the version in service.

    Args:
        database: of the results.
        versions: the two.
        deal: of the line, which names groups.
        learnt: groups that either of the two learnt from: parts of these say nothing.
        since: only what came from this moment on; None for all.

    Returns:
        Pairs by verdicts, and how many were left out because of `learnt`.

    Raises:
        DatabaseAway: the database does not answer.
    """
    parts: Counter[tuple[Verdict, Verdict, float]] = Counter()
    said: Counter[tuple[Verdict, Verdict, float, bool, bool]] = Counter()
    left_out = 0
    async for row in _rows(database, versions, since):
        if learnt and deal.group_of(unit_of(row["unit"], row["part"])) in learnt:
            left_out += 1
            continue
        kind = Verdict(row["verdict"]), Verdict(row["candidate"]), float(row["chance"])
        parts[kind] += 1
        if row["good"] is not None:
            said[*kind, row["given"] in _BY_CHANCE, bool(row["good"])] += 1
    return [
        Pairs(
            incumbent=kind[0],
            candidate=kind[1],
            chance=kind[2],
            parts=number,
            sampled_good=said[*kind, True, True],
            sampled_defective=said[*kind, True, False],
            asked_good=said[*kind, False, True],
            asked_defective=said[*kind, False, False],
        )
        for kind, number in sorted(parts.items())
    ], left_out


async def held_out_of(database: Database, component: str, deal: Deal) -> set[str]:
    """The groups of the judged units of a component that nothing may learn from.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = (
        select(inspections.c.unit, judged.c.inspection)
        .join_from(judged, inspections, inspections.c.id == judged.c.inspection)
        .where(judged.c.component == component)
    )
    async with database.reading() as connection:
        units = {unit_of(row.unit, row.inspection) for row in await connection.execute(question)}
    return {deal.group_of(unit) for unit in units if deal.part_of(unit) == "test"}


async def _rows(database: Database, versions: Versions, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
    """Each picture that both saw, once, oldest first."""
    shadow, answered = aliased(inspections), aliased(inspections)
    incumbent, candidate = versions.incumbent, versions.candidate
    question = (
        select(
            shadow.c.id,
            answered.c.id.label("part"),
            answered.c.unit,
            answered.c.chance,
            answered.c.verdict,
            shadow.c.verdict.label("candidate"),
            judged.c.good,
            judgements.c.given,
        )
        .join_from(shadow, answered, answered.c.id == shadow.c.shadows)
        .outerjoin(judged, judged.c.inspection == answered.c.id)
        .outerjoin(judgements, judgements.c.id == judged.c.judgement)
        .where(shadow.c.component == versions.component, shadow.c.role == "shadow", answered.c.repeats.is_(None))
        .where(shadow.c.model == candidate.name, shadow.c.version == candidate.version)
        .where(answered.c.model == incumbent.name, answered.c.version == incumbent.version)
        .order_by(shadow.c.id)
        .limit(_PAGE)
    )
    after = first_id(since) if since is not None else "0" * 32
    while True:
        async with database.reading() as connection:
            rows = (await connection.execute(question.where(shadow.c.id > after))).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["id"]
