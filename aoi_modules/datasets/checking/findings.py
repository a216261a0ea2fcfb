"""What a check of a data set found, in the form that people, machines and the page read."""

from collections.abc import Mapping, Sequence

import msgspec

TOGETHER = "a group keeps such pictures in one table: --group-by, --group-pattern, or a column group"
LEFT_OUT = "left out"
"""Table of a picture that training would not take."""


class Entry(msgspec.Struct, frozen=True):
    """A picture: its name in the set, its class, and the table into which it comes."""

    name: str
    label: str
    table: str


class Twins(msgspec.Struct, frozen=True):
    """Pictures that are the same.

    Args:
        how: `equal`, pixel by pixel; or `nearly`, see `likeness`.
        entries: two or more.
    """

    how: str
    entries: tuple[Entry, ...]

    @property
    def across_classes(self) -> bool:
        """They contradict each other: nobody knows which class is right."""
        return len({one.label for one in self.entries}) > 1

    @property
    def across_tables(self) -> bool:
        """What was learnt comes again in the test, so the figures promise too much."""
        return len({one.table for one in self.entries if one.table != LEFT_OUT}) > 1


class Odd(msgspec.Struct, frozen=True):
    """A picture that is unlike the others, and in what."""

    entry: Entry
    what: str


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a data set.

    Args:
        path: of the folder or CSV file.
        refused: why training would refuse it as it is; empty when it would not.
        way_out: what to do about that.
        counts: class -> table -> pictures, as they would be dealt.
        kinds: format, colours and bits -> files.
        sizes: `width x height` -> files, the most frequent first.
        twins: pictures that are there more than once.
        odd: pictures that are unlike the others.
        left_out: what training would not take, and why.
        notes: what was read in a way that one has to know.
    """

    path: str
    refused: str = ""
    way_out: str = ""
    counts: dict[str, dict[str, int]] = {}
    kinds: dict[str, int] = {}
    sizes: dict[str, int] = {}
    twins: tuple[Twins, ...] = ()
    odd: tuple[Odd, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def contradictions(self) -> tuple[Twins, ...]:
        """Twins under different classes."""
        return tuple(one for one in self.twins if one.across_classes)

    @property
    def leaks(self) -> tuple[Twins, ...]:
        """Twins in different tables, of one class."""
        return tuple(one for one in self.twins if one.across_tables and not one.across_classes)

    @property
    def repeats(self) -> tuple[Twins, ...]:
        """All other twins."""
        return tuple(one for one in self.twins if not one.across_classes and not one.across_tables)


def lines(found: Findings, most: int = 5) -> list[str]:
    """Writes what was found for people, at most so many examples of each kind."""
    told = [found.path]
    told += [f"  {one}" for one in _table(found.counts)]
    told += _counted("files", found.kinds) + _counted("sizes", dict(list(found.sizes.items())[:most]))
    more = len(found.sizes) - most
    told += [f"  and {more} other sizes"] if more > 0 else []
    told += [f"note: {note}" for note in found.notes]
    for what, groups in (
        ("the same picture in several classes", found.contradictions),
        ("the same picture more than once in a table", found.repeats),
        ("the same picture in several tables", found.leaks),
    ):
        told += _examples(what, [twins_in_words(one) for one in groups], most)
    told += [f"  {TOGETHER}"] if found.leaks else []
    told += _examples("unlike the others", [f"{one.entry.name}: {one.what}" for one in found.odd], most)
    told += _examples("would not be taken", found.left_out, most)
    if found.refused:
        return [*told, f"training refuses it: {found.refused}", *([f"  {found.way_out}"] if found.way_out else [])]
    return [*told, "training takes it"]


def twins_in_words(twins: Twins) -> str:
    """Names the pictures: `nearly equal: a.png (good, train) = b.png (good, test)`."""
    named = " = ".join(f"{one.name} ({one.label}, {one.table})" for one in twins.entries[:4])
    more = f" and {len(twins.entries) - 4} more" if len(twins.entries) > 4 else ""
    return f"{'equal' if twins.how == 'equal' else 'nearly equal'}: {named}{more}"


def _table(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Classes and tables in columns."""
    if not counts:
        return []
    tables = list(next(iter(counts.values())))
    rows = [("class", *tables), *((label, *(f"{row[name]:,}" for name in tables)) for label, row in counts.items())]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        "  ".join([label.ljust(first), *(cell.rjust(wide) for cell, wide in zip(cells, others, strict=True))])
        for label, *cells in rows
    ]


def _counted(what: str, counts: Mapping[str, int]) -> list[str]:
    return [f"{what}: {'; '.join(f'{name} ({count:,})' for name, count in counts.items())}"] if counts else []


def _examples(what: str, examples: Sequence[str], most: int) -> list[str]:
    if not examples:
        return []
    more = [f"  and {len(examples) - most:,} more"] if len(examples) > most else []
    return [f"{what}: {len(examples):,}", *(f"  {one}" for one in examples[:most]), *more]
