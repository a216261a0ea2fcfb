"""How many parts there were and what people said of them, by strata, out of the database's counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, Table, func, select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import judged, tallies
from aoi_modules.results.database.tallies import slot_of
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

By = Literal["component", "lot", "station", "version", "day", "shift"]
"""What figures are told apart by."""
WAYS: tuple[By, ...] = get_args(By)
_COLUMNS: dict[By, tuple[str, ...]] = {
    "component": (),
    "lot": ("lot",),
    "station": ("station",),
    "version": ("model", "version"),
    "day": ("slot",),
    "shift": ("slot",),
}
_VERDICTS: Mapping[str, Verdict] = {verdict.value: verdict for verdict in Verdict}
Kind = tuple[str, Verdict, float]
"""What parts of a stratum have in common: component, verdict and chance. People may judge one component more than
another, so components are never one stratum."""


_Since = Annotated[datetime, Meta(tz=True, description="From the quarter of an hour on in which this moment is.")]
_Until = Annotated[datetime, Meta(tz=True, description="Before the quarter of an hour in which this moment is.")]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which parts a figure is about; what is None lets all pass."""

    component: str | None = None
    lot: str | None = None
    station: str | None = None
    model: str | None = None
    version: Annotated[int, Meta(ge=1)] | None = None
    shift: Annotated[str, Meta(description="Only in this shift of the calendar, on whatever day.")] | None = None
    since: _Since | None = None
    until: _Until | None = None


@dataclass
class Count:
    """What is known of one group of parts.

    Args:
        strata: by what their parts have in common.
        first_passed: parts that passed at their first attempt.
        first: parts at their first attempt.
        defects: defective parts by the name of their defect; weighted, so that those who were judged stand for all.
        last: when the newest of the parts came, to the quarter of an hour.
    """

    strata: dict[Kind, Stratum] = field(default_factory=dict)
    first_passed: int = 0
    first: int = 0
    defects: dict[str, float] = field(default_factory=dict)
    last: datetime | None = None


async def count(database: Database, scope: Scope, by: By, calendar: Calendar) -> dict[str, Count]:
    """Counts parts by groups.

    Args:
        database: of the results.
        scope: which parts.
        by: what tells the groups apart.
        calendar: of the plant.

    Returns:
        Groups by name, those of which a part came last first. Parts that name no lot, for example, have an empty name.

    Raises:
        DatabaseAway: the database does not answer.
    """
    columns = _COLUMNS[by]
    if scope.shift is not None and "slot" not in columns:
        columns = (*columns, "slot")
    async with database.reading() as connection:
        parts = (await connection.execute(_parts(scope, columns))).all()
        said = (await connection.execute(_said(scope, columns))).all()
    few, name = len(columns), cache(_namer(by, calendar))
    is_of_shift = cache(lambda slot: calendar.shift_of(slot) == scope.shift)
    groups: defaultdict[str, _Group] = defaultdict(_Group)
    for row in parts:
        if scope.shift is None or is_of_shift(row[columns.index("slot")]):
            groups[name(*row[: few + 1])].add_parts(*row[few:])
    for row in said:
        if scope.shift is None or is_of_shift(row[columns.index("slot")]):
            groups[name(*row[: few + 1])].add_judged(*row[few:])
    counts = {key: group.count() for key, group in groups.items()}
    return dict(
        sorted(counts.items(), key=lambda item: (item[1].last is not None, item[1].last, item[0]), reverse=True)
    )


def _parts(scope: Scope, columns: Sequence[str]) -> Any:
    c = tallies.c
    kind = [c[name] for name in columns] + [c.component, c.verdict, c.chance, c.first]
    question = select(*kind, func.sum(c.parts).label("parts"), func.max(c.slot).label("last"))
    return question.where(*within(tallies, scope)).group_by(*kind)


def _said(scope: Scope, columns: Sequence[str]) -> Any:
    c = judged.c
    kind = [c[name] for name in columns] + [c.component, c.verdict, c.chance, c.good, c.defect, c.sampled]
    # Without a component every judged part may be looked at, which an index in the order of the groups makes fast: one
    # by the time would have all of them sorted. Only a condition that no index serves leaves SQLite no choice.
    by_group = scope.component is None and "slot" not in columns
    slot = func.coalesce(c.slot, c.slot) if by_group else c.slot
    return select(*kind, func.count().label("parts")).where(*within(judged, scope, slot)).group_by(*kind)


def within(table: Table, scope: Scope, slot: ColumnElement[Any] | None = None) -> list[ColumnElement[bool]]:
    """The conditions of a scope; its shift is not among them, since databases know no calendar.

    Args:
        table: of counted parts.
        scope: which parts.
        slot: what stands for the table's own column in conditions about the time.
    """
    slot = table.c.slot if slot is None else slot
    named = msgspec.structs.asdict(scope)
    conditions = [table.c[name] == value for name, value in named.items() if value is not None and name in table.c]
    if scope.since is not None:
        conditions.append(slot >= slot_of(scope.since))
    if scope.until is not None:
        conditions.append(slot < slot_of(scope.until))
    return conditions


def _namer(by: By, calendar: Calendar) -> Callable[..., str]:
    """Gives the name of a group by the values of its columns, behind which comes the component."""
    if by == "component":
        return lambda *values: str(values[-1])
    if by == "day":
        return lambda slot, _: calendar.day_of(slot).isoformat()
    if by == "shift":
        return lambda slot, _: calendar.shift_of(slot)
    if by == "version":
        return lambda model, version, *_: f"{model} {version or 'of an unknown version'}"
    return lambda name, *_: str(name)


class _Group:
    """Gathers the rows of one group."""

    def __init__(self) -> None:
        self._parts: Counter[Kind] = Counter()
        self._said: Counter[tuple[Kind, bool, bool]] = Counter()
        self._defects: Counter[tuple[Kind, bool, str]] = Counter()
        self._first: Counter[bool] = Counter()
        self._last: datetime | None = None

    def add_parts(self, component: str, verdict: str, chance: float, first: bool, parts: int, last: datetime) -> None:
        """Adds counted parts."""
        kind, parts = (component, _VERDICTS[verdict], chance), int(parts)
        self._parts[kind] += parts
        if first:
            self._first[verdict == Verdict.PASS] += parts
        self._last = last if self._last is None else max(self._last, last)

    def add_judged(
        self, component: str, verdict: str, chance: float, good: bool, defect: str | None, sampled: bool, parts: int
    ) -> None:
        """Adds judged parts."""
        kind = component, _VERDICTS[verdict], chance
        self._said[kind, sampled, good] += parts
        if not good:
            self._defects[kind, sampled, defect or ""] += parts

    def count(self) -> Count:
        """All of it."""
        strata = {kind: self._stratum(kind) for kind in sorted({*self._parts, *(kind for kind, _, _ in self._said)})}
        defects: defaultdict[str, float] = defaultdict(float)
        for (kind, sampled, name), parts in self._defects.items():
            defects[name] += parts * (strata[kind].rest / strata[kind].sampled if sampled else 1.0)
        return Count(strata, self._first[True], self._first.total(), dict(defects), self._last)

    def _stratum(self, kind: Kind) -> Stratum:
        """Parts that a release before stored were not counted; those of them that were judged count at least."""
        said = {(sampled, good): self._said[kind, sampled, good] for sampled in (True, False) for good in (True, False)}
        return Stratum(
            verdict=kind[1],
            chance=kind[2],
            population=max(self._parts[kind], sum(said.values())),
            sampled_good=said[True, True],
            sampled_defective=said[True, False],
            asked_good=said[False, True],
            asked_defective=said[False, False],
        )
