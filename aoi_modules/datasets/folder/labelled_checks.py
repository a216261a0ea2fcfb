"""Finds rows that contradict others: other channels, or the same picture with another label or in another table. Pure.

Each check gives the bad rows by their names.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.folder.labelled_rows import Row
from aoi_modules.datasets.folder.layouts import PARTS
from aoi_modules.datasets.picture_files import COLOUR, GRAY, PictureFile

Checked = tuple[Row, PictureFile]
"""A row, and what its picture file is."""


def of_other_channels(checked: Sequence[Checked]) -> dict[str, BadRow]:
    """Finds gray pictures among colour ones, or the other way round: a model might tell classes apart by that."""
    counts = Counter(file.channels for _, file in checked)
    most = COLOUR if counts[COLOUR] >= counts[GRAY] else GRAY
    names = {GRAY: "gray", COLOUR: "colour"}
    why = f"expected {names[most]}, as {counts[most]} of {len(checked)} pictures are. Received: "
    return {row.name: BadRow(row.where, why + names[file.channels]) for row, file in checked if file.channels != most}


def contradictions(checked: Sequence[Checked]) -> dict[str, BadRow]:
    """Finds the same picture under two labels: nobody knows which label is right, so all its rows are bad."""
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row, file in checked:
        rows_of[file.sha256].append(row)
    bad: dict[str, BadRow] = {}
    for rows in rows_of.values():
        if len({row.label for row in rows}) == 1:
            continue
        for row in rows:
            other = next(other for other in rows if other.label != row.label)
            bad[row.name] = BadRow(row.where, f"the same picture as {other.name}, which is labelled {other.label}")
    return bad


def in_two_tables(checked: Sequence[Checked]) -> dict[str, BadRow]:
    """Finds rows whose group is in a later table too, though the set says the tables: one of both is a mistake."""
    return _in_a_later_table(checked, lambda row, file: row.group, lambda row: f"the group {row.group}")


def seen_again(checked: Sequence[Checked]) -> dict[str, BadRow]:
    """Finds rows whose picture is in a later table too. Nothing is learnt from what is tested, so the later one stays.

    A bare place looks alike on many parts: such rows are no mistake, and are left out without asking.
    """
    return _in_a_later_table(checked, lambda row, file: file.sha256, lambda row: "the picture")


def _in_a_later_table(
    checked: Sequence[Checked], key_of: Callable[[Row, PictureFile], str | None], what: Callable[[Row], str]
) -> dict[str, BadRow]:
    last: dict[str, Row] = {}
    for row, file in checked:
        key = key_of(row, file)
        if key is not None and row.part is not None and (key not in last or rank(last[key]) < rank(row)):
            last[key] = row
    found: dict[str, BadRow] = {}
    for row, file in checked:
        other = last.get(key_of(row, file) or "")
        if other is not None and row.part is not None and rank(other) > rank(row):
            why = f"{what(row)} of {other.name}, which is in {other.part}, not {row.part}"
            found[row.name] = BadRow(row.where, why)
    return found


def keys(row: Row, file: PictureFile) -> list[str]:
    """Names what rows share that must not be separated: the picture's content and, where there is one, the group."""
    return [file.sha256] if row.group is None else [file.sha256, f"group {row.group}"]


def rank(row: Row) -> int:
    """Gives the position of the row's table in `PARTS`; without a `split` column that of the first."""
    return PARTS.index(row.part or PARTS[0])
