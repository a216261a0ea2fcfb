"""Looks through a data set as training would, without learning anything: what is in it, and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from aoi_modules.datasets.checking.findings import LEFT_OUT, Entry, Findings, Odd, Twins
from aoi_modules.datasets.checking.likeness import twins
from aoi_modules.datasets.checking.looks import Look, Looks
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder import AskColumn, GoodClasses, Reading, list_pictures, load
from aoi_modules.datasets.table import Split
from aoi_modules.datasets.twins import joined
from aoi_modules.errors import DataError

SMALLER = 2.0
"""A picture whose longer or shorter side is so many times smaller or larger than the middle one's is named."""
TABLES = ("train", "validation", "test")

Seen = Mapping[Entry, Look]
Dealt = Callable[[bool], Split]
"""Gives the tables, with bad pictures left out or not."""


def check(
    path: Path,
    *,
    skip_bad: bool = False,
    reading: Reading | None = None,
    ask_column: AskColumn | None = None,
    good: GoodClasses | None = None,
    reword: Callable[[DataError], object] = lambda error: None,
) -> tuple[Findings, dict[str, Path]]:
    """Checks a folder or a CSV file of pictures.

    Args:
        path: as all others but the last, see `folder.load`.
        skip_bad: likewise.
        reading: likewise.
        ask_column: likewise.
        good: likewise.
        reword: may change the words of a refusal, as to name the flags of a command.

    Returns:
        What was found, and the file of each picture by its name.
    """
    path = path.absolute()
    ask = cache(ask_column) if ask_column is not None else None
    try:
        rows = list_pictures(path, reading, ask_column=ask).rows
    except DataError as error:
        reword(error)
        return Findings(path=printable(path), refused=error.message, way_out=error.hint), {}
    looks = Looks()

    def dealt(skip: bool) -> Split:
        return load(path, skip_bad=skip, reading=reading, ask_column=ask, good=good, look=looks.look_at)

    refusal, split = _tried(dealt, skip_bad)
    if refusal is not None:
        reword(refusal)
    table_of = {} if split is None else _tables(split)
    entries = {row.path: Entry(row.name, row.label, table_of.get(row.name, LEFT_OUT)) for row in rows}
    seen = {entry: looks.looks.get(file, Look()) for file, entry in entries.items()}
    found = Findings(
        path=printable(path),
        refused="" if refusal is None else _short(refusal.message, named=split is not None),
        way_out="" if refusal is None else refusal.hint,
        counts=_counts(list(seen)),
        kinds=dict(Counter(look.kind or "no picture" for look in seen.values()).most_common()),
        sizes=dict(Counter(f"{look.width} x {look.height}" for look in seen.values() if look.kind).most_common()),
        twins=tuple(_twins(seen)),
        odd=tuple(_odd(seen)),
        left_out=() if split is None else split.left_out,
        notes=() if split is None else split.notes,
    )
    return found, {entry.name: file for file, entry in entries.items()}


def _tried(dealt: Dealt, skip_bad: bool) -> tuple[DataError | None, Split | None]:
    """What training would say, and the tables; those without the bad pictures where it would refuse."""
    try:
        return None, dealt(skip_bad)
    except DataError as error:
        refusal = error
    try:
        return refusal, dealt(True)
    except DataError:  # the same again, or one more reason; then there are no tables to tell of
        return refusal, None


def _short(message: str, *, named: bool) -> str:
    """The first line of a refusal, where the bad rows are all named elsewhere."""
    return message.partition("\n")[0].rstrip(":") if named else message


def _tables(split: Split) -> dict[str, str]:
    return {name: table for table in TABLES for name in getattr(split, table).ids}


def _counts(entries: Sequence[Entry]) -> dict[str, dict[str, int]]:
    counted = Counter((one.label, one.table) for one in entries)
    tables = [*TABLES, LEFT_OUT] if any(one.table == LEFT_OUT for one in entries) else TABLES
    return {label: {name: counted[label, name] for name in tables} for label in sorted({one.label for one in entries})}


def _twins(seen: Seen) -> list[Twins]:
    """Equal pictures, then nearly equal ones; those across classes first, then those across tables."""
    equal: dict[str, list[Entry]] = defaultdict(list)
    for entry, look in seen.items():
        if look.pixels_sha256:
            equal[look.pixels_sha256].append(entry)
    found = [Twins("equal", tuple(group)) for group in equal.values() if len(group) > 1]
    firsts = [group[0] for group in equal.values() if not seen[group[0]].flat]
    found += [Twins("nearly", group) for group in _nearly(firsts, seen)]
    return sorted(found, key=lambda one: (not one.across_classes, not one.across_tables, one.how, one.entries[0].name))


def _nearly(firsts: Sequence[Entry], seen: Seen) -> list[tuple[Entry, ...]]:
    """Groups of nearly equal pictures, of which no two are equal and each shows something."""
    if len(firsts) < 2:
        return []
    pairs = twins(np.array([seen[entry].small for entry in firsts], np.uint16))
    keys: list[list[int]] = [[] for _ in firsts]
    for number, (left, right) in enumerate(pairs.tolist()):
        keys[left].append(number)
        keys[right].append(number)
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry, first in zip(firsts, joined(keys).tolist(), strict=True):
        groups[first].append(entry)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _odd(seen: Seen) -> list[Odd]:
    sizes = np.array([(look.height, look.width) for look in seen.values() if look.small is not None])
    if not len(sizes):
        return []
    middle = np.median(sizes, axis=0)
    colours = [look for look in seen.values() if look.small is not None and ", gray," not in look.kind]
    all_gray = all(look.gray_as_colour for look in colours)
    found: list[Odd] = []
    for entry, look in seen.items():
        if look.small is None:
            continue
        ratio = np.array([look.height, look.width]) / middle
        if ratio.max() >= SMALLER or ratio.min() <= 1 / SMALLER:
            size = f"{middle[1]:.0f} x {middle[0]:.0f}"
            found.append(Odd(entry, f"{look.width} x {look.height} pixels, where others have about {size}"))
        if look.flat:
            found.append(Odd(entry, f"shows nothing: all pixels are about {look.small.mean() / 256:.0f}"))
        if look.gray_as_colour and not all_gray:
            found.append(Odd(entry, "gray, stored as colour among pictures that have colours"))
    return found
