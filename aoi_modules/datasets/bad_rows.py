"""Rows of a data set that cannot be used: one error that names them, or a list of them if the caller leaves them out.

No row disappears silently: it is used, it is an error, or the caller is told that it was left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aoi_modules.errors import Argument, DataError

NAMED = 5
"""So many bad rows the error names; the rest it counts."""
SKIPPED = Argument("skip_bad", True)


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be used.

    Args:
        where: its file, or the file and the line in it.
        why: what was expected and what came.
    """

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


def leave_out(bad: Sequence[BadRow], total: int, *, skip_bad: bool, unit: str = "rows") -> tuple[str, ...]:
    """Refuses bad rows, or turns them into the sentences that `Split.left_out` carries.

    Args:
        bad: one for each bad row, in the order of the rows.
        total: rows that were looked at, good and bad.
        skip_bad: leave them out and go on.
        unit: what a row is called, plural.

    Returns:
        One sentence for each row that is left out.

    Raises:
        DataError: there are bad rows and `skip_bad` is not set, or no row is left.
    """
    if bad and (not skip_bad or len(bad) >= total):
        hint = "" if len(bad) >= total else f"{SKIPPED} leaves them out"
        raise DataError(_sentence(bad, total, unit), hint=hint, arguments=[SKIPPED])
    return tuple(str(row) for row in bad)


def _sentence(bad: Sequence[BadRow], total: int, unit: str) -> str:
    named = "".join(f"\n    {row}" for row in bad[:NAMED])
    more = f"\n    and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
    return f"{len(bad)} of {total} {unit} cannot be used:{named}{more}"
