"""The version in service against a candidate: what they learnt from, what both saw, and what follows."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec

from aoi_modules.errors import ResultsError
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.evidence.apart import decide_apart
from aoi_modules.results.evidence.decision import Comparison, Margins, Outcome, decide
from aoi_modules.results.evidence.gathering import Versions, held_out_of, pairs_of
from aoi_modules.results.limits.ledger import in_force
from aoi_modules.results.limits.setting import by_model
from aoi_modules.results.quality.counting import Scope, count
from aoi_modules.results.quality.report import merged
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum

Way = Literal["same pictures", "pictures of its own"]
"""How the candidate was seen: as a shadow, or as a canary."""
Follows = Outcome | Literal["limits not confirmed"]
"""What follows: a candidate that would be promoted waits until people made or confirmed its limits."""


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A version, and what it says that it learnt from."""

    model: ModelVersion
    units: LearntUnits | None
    """Null where nothing tells."""
    heads: tuple[str, ...] = ()
    """Its heads that judge, and for which no route says limits of this version."""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.model.name} {self.model.version}"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about two versions."""

    component: str
    incumbent: ModelVersion
    candidate: ModelVersion
    way: Way
    outcome: Follows
    escape: Comparison
    overkill: Comparison
    pairs: int
    """Pictures that both saw."""
    judged: int
    """Of these."""
    agreement: float | None
    """Share of them with the same verdict."""
    wanted: int | None
    """More judged parts that would decide, about; null where it is decided, or where nobody can say."""
    left_out: int
    """Pictures of units from which one of the two learnt."""
    margins: Margins
    notes: tuple[str, ...]
    """What a reader must know, one sentence each."""
    unset: tuple[str, ...] = ()
    """Heads of the candidate whose limits nobody has made or confirmed."""


async def compare(
    database: Database,
    component: str,
    incumbent: Contender,
    candidate: Contender,
    margins: Margins,
    since: datetime | None = None,
) -> Found:
    """Compares two versions by what came and was judged, and looks whether people have set the candidate's limits.

    Where the candidate saw the same pictures as a shadow, these decide; else those that each answered about.

    Args:
        database: of the results.
        component: whose parts.
        incumbent: the version in service.
        candidate: the other one.
        margins: what is good enough.
        since: only what came from this moment on; None for all.

    Raises:
        ResultsError: they are the same, or one of them learnt from units that are held out.
        DatabaseAway: the database does not answer.
    """
    if incumbent.model == candidate.model:
        raise ResultsError(
            f"{component}: expected two versions. Received: {incumbent.name} twice",
            hint="name another version, label or model for canary or shadow in the routes",
        )
    found = await _by_evidence(database, component, incumbent, candidate, margins, since)
    unset = await _unset(database, component, candidate)
    outcome: Follows = "limits not confirmed" if found.outcome == "promote" and unset else found.outcome
    return msgspec.structs.replace(found, outcome=outcome, unset=unset)


async def _unset(database: Database, component: str, one: Contender) -> tuple[str, ...]:
    """Heads of a version for which people have set no limits: nobody has said that its scores mean what it thinks."""
    there = by_model(await in_force(database)).get((component, one.model.name, one.model.version or 0), {})
    return tuple(head for head in one.heads if head not in there)


async def _by_evidence(
    database: Database,
    component: str,
    incumbent: Contender,
    candidate: Contender,
    margins: Margins,
    since: datetime | None,
) -> Found:
    """What follows from what both saw."""
    deal = await deal_of(database)
    held_out = await held_out_of(database, component, deal)
    notes = [check_origin(one, deal.name, held_out) for one in (incumbent, candidate)]
    learnt = {group for one in (incumbent, candidate) if one.units for group in one.units.groups}
    versions = Versions(component=component, incumbent=incumbent.model, candidate=candidate.model)
    pairs, left_out = await pairs_of(database, versions, deal, learnt, since)
    decided = decide(pairs, margins)
    found = Found(
        component=component,
        incumbent=incumbent.model,
        candidate=candidate.model,
        way="same pictures",
        outcome=decided.outcome,
        escape=decided.escape,
        overkill=decided.overkill,
        pairs=decided.pairs,
        judged=decided.judged,
        agreement=decided.agreement,
        wanted=decided.wanted,
        left_out=left_out,
        margins=margins,
        notes=tuple(filter(None, notes)),
    )
    if pairs:
        return found
    own, other = [await _answered(database, component, one.model, since) for one in (incumbent, candidate)]
    if not other:
        return found
    outcome, escape, overkill = decide_apart(own, other, margins)
    judged = sum(one.sampled + one.asked for one in (*own, *other))
    way: Way = "pictures of its own"
    return msgspec.structs.replace(
        found, way=way, outcome=outcome, escape=escape, overkill=overkill, judged=judged, wanted=None
    )


def check_origin(one: Contender, key: str, held_out: Collection[str]) -> str:
    """Makes sure that a version learnt from no unit that is held out, and gives what has to be said of it.

    A model that does not say from which units it learnt is let in: a picture that came while it was in service, or
    followed as a shadow, is none that it learnt from.

    Args:
        one: the version.
        key: name of the line's key.
        held_out: groups.

    Raises:
        ResultsError: it learnt from some.
    """
    if one.units is None or one.units.key != key:
        return (
            f"{one.name} does not say from which units of this line it learnt, so only pictures count that came while"
            " it was served"
        )
    seen = sorted(one.units.groups.intersection(held_out))
    if seen:
        raise ResultsError(
            f"{one.name} learnt from {len(seen)} units that are held out for testing, such as {seen[0]}: nothing that"
            " is measured on them says what it is worth",
            hint="train it again, with the split that `aoi results dataset` writes",
        )
    return ""


async def _answered(database: Database, component: str, model: ModelVersion, since: datetime | None) -> list[Stratum]:
    """What a version answered about, by strata."""
    scope = Scope(component=component, model=model.name, version=model.version, since=since)
    return [*merged((await count(database, scope, "component", Calendar())).values()).strata.values()]
