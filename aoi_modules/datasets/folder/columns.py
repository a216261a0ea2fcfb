"""Which column of a table is what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aoi_modules.datasets.csv_text import CsvText
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import Argument, DataError

PATH, LABEL, PART, GROUP = "path", "label", "split", "group"
"""The usual names."""
AskColumn = Callable[[str], bool]
"""Gets what is strange about a column of numbers, and says whether the model is to learn from it all the same."""


def wanted(reading: Reading) -> tuple[str, str]:
    """Gives the names that a header must have."""
    return (reading.path_column or PATH, reading.label_column or LABEL)


@dataclass(frozen=True)
class Places:
    """Where a table has what: names of its columns; `unused` are those that nothing is learnt from."""

    path: str
    label: str
    part: str | None
    group: str | None
    features: tuple[str, ...]
    unused: tuple[str, ...]


def places_of(table: CsvText, reading: Reading) -> Places:
    """Finds the columns; usual names count whatever their capitals.

    Raises:
        DataError: there is no such column, or one is to be two things; names those there are.
    """
    path = _find(table, reading.path_column, PATH, "path_column") or _missing(table, PATH, "path_column")
    label = _find(table, reading.label_column, LABEL, "label_column") or _missing(table, LABEL, "label_column")
    part = _find(table, reading.split_column, PART, "split_column")
    group = _find(table, reading.group_column, GROUP, "group_column")
    known = [name for name in (path, label, part, group) if name is not None]
    rest = tuple(name for name in table.header if name not in known)
    _refuse_twins(table, known)
    if reading.features is None:
        _refuse_twins(table, rest)
        return Places(path, label, part, group, rest, ())
    features = tuple(name for one in reading.features if (name := _find(table, one, one, "features")))
    twice = [name for name in (*known, *features) if (*known, *features).count(name) > 1]
    if twice:
        wrong = Argument("features")
        raise DataError(f"{wrong}: {twice[0]!r} is named for two things", arguments=[wrong])
    _refuse_twins(table, features)
    return Places(path, label, part, group, features, tuple(name for name in rest if name not in features))


def _find(table: CsvText, said: str | None, usual: str, argument: str) -> str | None:
    """The column of a name: the one that was said, else the usual one if it is there."""
    name = usual if said is None else said
    exact = [one for one in table.header if one == name]
    found = exact or [one for one in table.header if one.casefold() == name.casefold()]
    if len(set(found)) == 1:
        return found[0]
    if said is None:
        return None
    wrong = Argument(argument)
    raise DataError(
        f"{wrong}: expected a column of {table.path}: {_names(table)}. Received: {said!r}", arguments=[wrong]
    )


def _refuse_twins(table: CsvText, names: Sequence[str]) -> None:
    for name in names:
        places = [str(place + 1) for place, other in enumerate(table.header) if other == name]
        if len(places) > 1:
            raise DataError(
                f"{table.path}: expected one column of a name. Received: {name!r} in columns {', '.join(places)}"
            )


def _missing(table: CsvText, usual: str, argument: str) -> str:
    """Raises: a table without this column is none of ours."""
    way = Argument(argument, ...)
    raise DataError(
        f"{table.path}: expected a first line of column names, among them {PATH} and {LABEL}."
        f" Received: {_names(table)}",
        hint=f"{way} names the column that is called otherwise",
        arguments=[way],
    )


def _names(table: CsvText) -> str:
    names = ", ".join(printable(name) or "(no name)" for name in table.header) or "nothing"
    return names if len(names) <= 300 else f"{names[:300]}..."
