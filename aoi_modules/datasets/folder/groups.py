"""Pictures that must not be separated: those of one subfolder, or of one name in a pattern. Pure.

Photographs of one board or one lot look alike in what has nothing to do with defects. Taken apart, some for training
and some for the test, they make a model look better than it is.
"""

import re
from dataclasses import replace

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import Argument, DataError

_BY, _PATTERN = Argument("group_by", "folder"), Argument("group_pattern", ...)


def grouped(listing: Listing, reading: Reading) -> Listing:
    """Gives rows the groups that a caller wishes; a row in whose name the pattern finds nothing is bad.

    Raises:
        DataError: the wish cannot be had; says why.
    """
    by, pattern = reading.group_by, reading.group_pattern
    if by is None and pattern is None:
        return _hinted(listing)
    if by is not None and pattern is not None:
        raise DataError(f"expected at most one of {_BY} and {_PATTERN}", arguments=[_BY, _PATTERN])
    if any(row.group is not None for row in listing.rows):
        raise DataError(
            f"the table says its groups itself, in a column; leave out {_BY if by else _PATTERN}",
            arguments=[_BY, _PATTERN],
        )
    return _by_folder(listing) if pattern is None else _by_pattern(listing, pattern)


def _by_folder(listing: Listing) -> Listing:
    if not any(row.subfolder for row in listing.rows):
        raise DataError(
            f"{_BY}: expected folders below the class folders. Received: none",
            hint=f"{_PATTERN} finds groups in names; a CSV file has a column group",
            arguments=[_BY, _PATTERN],
        )
    alone = [row for row in listing.rows if not row.subfolder]
    said = (
        f"{len(alone)} of {len(listing.rows)} pictures stand in no folder below their class, such as {alone[0].name}"
        if alone
        else ""
    )
    rows = [replace(row, group=row.subfolder or None) for row in listing.rows]
    return replace(
        listing, rows=rows, notes=[*listing.notes, *([f"{said}: each is a group of its own"] if said else [])]
    )


def _by_pattern(listing: Listing, pattern: str) -> Listing:
    wrong = Argument("group_pattern")
    try:
        finder = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"{wrong}: expected a regular expression. Received: {pattern!r}: {error}", arguments=[wrong]
        ) from None
    found = {row.name: finder.search(row.name) for row in listing.rows}
    if listing.rows and not any(found.values()):
        raise DataError(
            f"{wrong}: expected a pattern that is in the pictures' names. Received: {pattern!r}, which is not in"
            f" {listing.rows[0].name}",
            arguments=[wrong],
        )
    rows, bad = list[Row](), list(listing.bad)
    for row in listing.rows:
        match = found[row.name]
        if match is None:
            bad.append(BadRow(row.where, f"expected a name with {pattern!r}, which tells its group"))
        else:
            rows.append(replace(row, group="/".join(part or "" for part in match.groups()) or match[0]))
    return replace(listing, rows=rows, bad=bad)


def _hinted(listing: Listing) -> Listing:
    """Says that groups seem to be there where folders of one name stand below several classes."""
    classes: dict[str, set[str]] = {}
    for row in listing.rows:
        if row.subfolder and row.part is None:
            classes.setdefault(row.subfolder, set()).add(row.label)
    shared = sorted(name for name, labels in classes.items() if len(labels) > 1)
    if not shared:
        return listing
    note = (
        f"folders of one name stand below several classes, such as {shared[0]}; if they are lots or boards,"
        " --group-by folder keeps each in one table"
    )
    return replace(listing, notes=[*listing.notes, note])
