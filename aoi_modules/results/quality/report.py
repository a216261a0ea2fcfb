"""The quality of a line: its figures for all parts and for each group, its defects, and whether it is in control."""

import operator
from collections.abc import Iterable, Sequence

import msgspec

from aoi_modules.results.database.connection import Database
from aoi_modules.results.quality.counting import By, Count, Kind, Scope, count, stratum_of
from aoi_modules.results.quality.figures import Figure, escape, first_pass_yield, overkill
from aoi_modules.results.quality.p_chart import Chart, Group, p_chart
from aoi_modules.results.quality.pareto import Bar, pareto
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

MOST_GROUPS = 200
"""Groups that are told; of more, the newest."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Of some parts."""

    name: str
    """Of the group; empty for parts that say nothing of it."""
    escape: Figure
    """Defective parts that passed / defective parts."""
    overkill: Figure
    """Good parts that failed / good parts."""
    first_pass: Figure
    """Parts that passed at their first attempt / parts at their first attempt."""
    verdicts: dict[Verdict, int]
    """How many parts got each."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Of a line."""

    scope: Scope
    by: By
    total: Figures
    groups: Sequence[Figures]
    """Those of which a part came last first."""
    left_out: int
    """Groups that are not told, since there are too many."""
    defects: Sequence[Bar]
    """Of all parts, the most frequent first; parts that were judged by chance stand for those that were not."""
    chart: Chart | None
    """Share of failed parts by group, in the order of time; null where groups have none."""


async def quality(database: Database, scope: Scope, by: By, calendar: Calendar, *, most: int = MOST_GROUPS) -> Quality:
    """Reads the quality of a line.

    Args:
        database: of the results.
        scope: which parts.
        by: what tells the groups apart.
        calendar: of the plant.
        most: groups to tell, the newest.

    Raises:
        DatabaseAway: the database does not answer.
    """
    counts = await count(database, scope, by, calendar)
    told = dict(list(counts.items())[:most])
    every = merged(counts.values())
    return Quality(
        scope=scope,
        by=by,
        total=_figures("", every),
        groups=[_figures(name, one) for name, one in told.items()],
        left_out=len(counts) - len(told),
        defects=pareto(every.defects),
        chart=_chart(told) if by in ("day", "lot") else None,
    )


def merged(counts: Iterable[Count]) -> Count:
    """All groups as one: what was judged of a stratum in one group speaks for that stratum in all of them."""
    whole = Count()
    numbers: dict[Kind, list[int]] = {}
    for one in counts:
        whole.first += one.first
        whole.first_passed += one.first_passed
        for name, parts in one.defects.items():
            whole.defects[name] = whole.defects.get(name, 0.0) + parts
        for kind, part in one.strata.items():
            numbers[kind] = [*map(operator.add, numbers[kind], _numbers(part))] if kind in numbers else _numbers(part)
    whole.strata.update((kind, stratum_of(kind, found)) for kind, found in numbers.items())
    return whole


def _numbers(one: Stratum) -> list[int]:
    return [one.population, one.sampled_good, one.sampled_defective, one.asked_good, one.asked_defective]


def _figures(name: str, found: Count) -> Figures:
    verdicts = dict.fromkeys(Verdict, 0)
    for stratum in found.strata.values():
        verdicts[stratum.verdict] += stratum.population
    return Figures(
        name=name,
        escape=escape([*found.strata.values()]),
        overkill=overkill([*found.strata.values()]),
        first_pass=first_pass_yield(found.first_passed, found.first),
        verdicts=verdicts,
    )


def _chart(counts: dict[str, Count]) -> Chart | None:
    groups = [_group(name, one) for name, one in reversed(counts.items())]
    return p_chart(groups) if groups else None


def _group(name: str, found: Count) -> Group:
    failed = sum(stratum.population for stratum in found.strata.values() if stratum.verdict is Verdict.FAIL)
    return Group(label=name, defective=failed, total=sum(stratum.population for stratum in found.strata.values()))
