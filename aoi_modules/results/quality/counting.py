"""How many parts there were and what people said of them, by strata, out of the database's counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, Integer, Subquery, Table, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import judged, tallies
from aoi_modules.results.database.tallies import slot_of
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.record import Whole
from aoi_modules.verdict import Verdict

By = Literal["component", "lot", "station", "version", "day", "shift"]
"""What figures are told apart by."""
WAYS: tuple[By, ...] = get_args(By)
_COLUMNS: dict[By, tuple[str, ...]] = {
    "component": (),
    "lot": ("lot",),
    "station": ("station",),
    "version": ("model", "version"),
    "day": (),
    "shift": (),
}
_OF_TIME: tuple[By, ...] = ("day", "shift")
_MOST_SPANS = 1000
"""In one statement: a gateway whose clock once was years behind makes many."""
_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
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
    version: Whole | None = None
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
    few = len(_COLUMNS[by]) + (by in _OF_TIME)
    groups: defaultdict[str | None, _Group] = defaultdict(_Group)
    async with database.reading() as connection:
        for spans in await _spans(connection, scope, by, calendar):
            name = cache(partial(_name, by, spans))
            for row in await connection.execute(_parts(scope, by, spans, is_sqlite=database.is_sqlite)):
                groups[name(*row[: few or 1])].add_parts(*row[few:])
            for row in await connection.execute(_said(scope, by, spans, is_sqlite=database.is_sqlite)):
                groups[name(*row[: few or 1])].add_judged(*row[few:])
    counts = {name: group.count() for name, group in groups.items() if name is not None}
    return dict(
        sorted(counts.items(), key=lambda item: (item[1].last is not None, item[1].last, item[0]), reverse=True)
    )


@dataclass(frozen=True)
class _Spans:
    """Times one after the other, each within one day or shift: by these the database, which knows no calendar, groups.

    Args:
        begins: of each, rising, and the end of the last one.
        names: of their groups; None for those that are not asked for.
    """

    begins: Sequence[datetime]
    names: Sequence[str | None]

    def place_of(self, slot: str, *, is_sqlite: bool) -> ColumnElement[int | None]:
        """Finds in which of them a part came, by bisection: a month has more than a database should try in turn.

        It is written as text, since a thousand conditions take longer to be made one by one than to be asked.

        Args:
            slot: name of the column.
            is_sqlite: whether moments are written as SQLite keeps them.
        """
        begins = [f"'{begin:%Y-%m-%d %H:%M:%S}{'.000000' if is_sqlite else '+00:00'}'" for begin in self.begins]
        first = {name: place for place, name in reversed([*enumerate(self.names)])}  # one place for each name

        def among(low: int, high: int) -> str:
            if low == high:
                return "NULL" if self.names[low] is None else str(first[self.names[low]])
            middle = (low + high + 1) // 2
            return f"CASE WHEN {slot} < {begins[middle]} THEN {among(low, middle - 1)} ELSE {among(middle, high)} END"

        return literal_column(f"CAST({among(0, len(self.names) - 1)} AS INTEGER)", Integer)

    def holding(self, slot: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """That a part came in one of them. No condition where there is no other time: an index would serve it, and be
        slower than all rows in turn.
        """
        after = [slot >= self.begins[0]] if self.begins[0] != _EVER else []
        return after + ([slot < self.begins[-1]] if self.begins[-1] != _NEVER else [])


async def _spans(connection: AsyncConnection, scope: Scope, by: By, calendar: Calendar) -> list[_Spans | None]:
    """All times, in portions for which a statement has room; None alone where no group depends on the time."""
    if scope.shift is None and by not in _OF_TIME:
        return [None]
    ends = [select(end(table.c.slot)).scalar_subquery() for table in (tallies, judged) for end in (func.min, func.max)]
    known = [slot for slot in (await connection.execute(select(*ends))).one() if slot is not None]
    if not known:
        return []
    first = min(known) if scope.since is None else max(min(known), slot_of(scope.since))
    last = max(known) if scope.until is None else min(max(known), slot_of(scope.until))
    begins: list[datetime] = [_EVER]
    names: list[str | None] = [None]
    for turn in calendar.turns(first, last + timedelta(days=1)):  # parts come while this is asked
        shift = calendar.shift_of(turn)
        name = calendar.day_of(turn).isoformat() if by == "day" else shift
        wanted = name if scope.shift in (None, shift) else None
        if names[-1] != wanted:
            begins.append(turn)
            names.append(wanted)
    begins.append(_NEVER)
    portions = range(0, len(names), _MOST_SPANS)
    return [_Spans(begins[at : at + _MOST_SPANS + 1], names[at : at + _MOST_SPANS]) for at in portions]


def _parts(scope: Scope, by: By, spans: _Spans | None, *, is_sqlite: bool) -> Any:
    c = tallies.c
    kind = [*(c[name] for name in _COLUMNS[by]), c.component, c.verdict, c.chance, c.first]
    if spans is None:
        return select(*kind, func.sum(c.parts), func.max(c.slot)).where(*within(tallies, scope)).group_by(*kind)
    rows = select(spans.place_of("tallies.slot", is_sqlite=is_sqlite).label("span"), *kind, c.slot, c.parts)
    rows = rows.where(*within(tallies, scope), *spans.holding(c.slot))
    return _in_spans(rows.subquery(), by, lambda found: (func.sum(found.parts), func.max(found.slot)))


def _said(scope: Scope, by: By, spans: _Spans | None, *, is_sqlite: bool) -> Any:
    c = judged.c
    kind = [*(c[name] for name in _COLUMNS[by]), c.component, c.verdict, c.chance, c.good, c.defect, c.sampled]
    if spans is None:
        # Without a component every judged part may be looked at, which an index in the order of the groups makes fast:
        # one by the time would have all of them sorted. Only a condition that no index serves leaves SQLite no choice.
        slot = func.coalesce(c.slot, c.slot) if scope.component is None else c.slot
        return select(*kind, func.count()).where(*within(judged, scope, slot)).group_by(*kind)
    # An index counts each quarter of an hour without sorting, so only these counts are sorted by spans.
    counts = select(*kind, c.slot, func.count().label("parts")).where(*within(judged, scope), *spans.holding(c.slot))
    counted = counts.group_by(c.slot, *kind).subquery("counted")
    rows = select(spans.place_of("counted.slot", is_sqlite=is_sqlite).label("span"), *counted.c)
    return _in_spans(rows.subquery(), by, lambda found: (func.sum(found.parts),))


def _in_spans(rows: Subquery, by: By, sums: Callable[[Any], tuple[ColumnElement[Any], ...]]) -> Any:
    """Groups rows with a `span`."""
    kind = [column for column in rows.c if column.name not in ("slot", "parts")]
    if by in _OF_TIME:  # whose times without a name make a group of their own, faster than a condition would drop them
        return select(*kind, *sums(rows.c)).group_by(*kind)
    return select(*kind[1:], *sums(rows.c)).where(rows.c.span.is_not(None)).group_by(*kind[1:])


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


def _name(by: By, spans: _Spans | None, first: Any, *rest: Any) -> str | None:
    """The name of a group by the values of its columns; None for times that are not asked for."""
    if by in _OF_TIME:
        return None if spans is None or first is None else spans.names[first]
    if by == "version":
        return f"{first} {rest[0] or 'of an unknown version'}"
    return str(first)


class _Group:
    """Gathers the rows of one group."""

    def __init__(self) -> None:
        self._numbers: defaultdict[Kind, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        self._defects: Counter[tuple[Kind, bool, str]] = Counter()
        self._passed = self._first = 0
        self._last: datetime | None = None

    def add_parts(self, component: str, verdict: str, chance: float, first: bool, parts: int, last: datetime) -> None:
        """Adds counted parts."""
        parts = int(parts)
        self._numbers[component, _VERDICTS[verdict], chance][0] += parts
        if first:
            self._first += parts
            self._passed += parts if verdict == Verdict.PASS else 0
        self._last = last if self._last is None or last > self._last else self._last

    def add_judged(
        self, component: str, verdict: str, chance: float, good: bool, defect: str | None, sampled: bool, parts: int
    ) -> None:
        """Adds judged parts."""
        kind, parts = (component, _VERDICTS[verdict], chance), int(parts)
        self._numbers[kind][(1 if sampled else 3) + (not good)] += parts
        if not good:
            self._defects[kind, bool(sampled), defect or ""] += parts

    def count(self) -> Count:
        """All of it. Parts that a release before stored were not counted; those of them that were judged count at
        least.
        """
        strata = {}
        for kind, (parts, *said) in sorted(self._numbers.items()):
            strata[kind] = stratum_of(kind, [max(parts, sum(said)), *said])
        defects: defaultdict[str, float] = defaultdict(float)
        for (kind, sampled, name), parts in self._defects.items():
            defects[name] += parts * (strata[kind].rest / strata[kind].sampled if sampled else 1.0)
        return Count(strata, self._passed, self._first, dict(defects), self._last)


def stratum_of(kind: Kind, numbers: Sequence[int]) -> Stratum:
    """A stratum of parts.

    Args:
        kind: what its parts have in common.
        numbers: its population, those sampled good, sampled defective, asked good and asked defective.
    """
    population, sampled_good, sampled_defective, asked_good, asked_defective = numbers
    return Stratum(
        verdict=kind[1], chance=kind[2], population=population, sampled_good=sampled_good,
        sampled_defective=sampled_defective, asked_good=asked_good, asked_defective=asked_defective,
    )  # fmt: skip
