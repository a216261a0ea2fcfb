"""Labelled pictures as a folder or a CSV file lists them, before any is opened."""

from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow


@dataclass(frozen=True)
class Row:
    """One labelled picture.

    Args:
        name: relative to the folder or the CSV file; unique.
        path: of the picture file.
        label: its class.
        where: as an error names it.
        part: `train`, `validation` or `test`; None when the set does not say.
        group: what must not be separated from others of the same name, such as a board or a lot; None likewise.
        numbers: of its number columns.
        subfolder: the first folder below its class folder; empty where there is none.
        line: of the CSV file; 0 for a file in a folder.
    """

    name: str
    path: Path
    label: str
    where: str
    part: str | None = None
    group: str | None = None
    numbers: tuple[float, ...] = ()
    subfolder: str = ""
    line: int = 0


@dataclass(frozen=True)
class Listing:
    """What a folder or a CSV file lists.

    Args:
        rows: those that can be used, as far as one knows without opening a picture.
        bad: those that cannot be used.
        passed: what was passed over because it is no row, one sentence each.
        notes: what was read in a way that a reader of the results must know, one sentence each.
        number_names: names of the number columns.
        said_by: what says which table a row is in, such as `the column split`; empty when nothing does.
    """

    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    number_names: tuple[str, ...] = ()
    said_by: str = ""
