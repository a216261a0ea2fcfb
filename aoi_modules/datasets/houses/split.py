"""House prices: four photographs and four numbers a house, one price. Real when found, drawn otherwise.

Upstream lists some houses twice, under two numbers: the same photographs (59 and 72, 199 and 214), the same line (232
and 266), or one photograph in common. Twins always go into the same table, or the test would be a lookup.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.bad_rows import BadRow, leave_out
from aoi_modules.datasets.houses import stand_in
from aoi_modules.datasets.houses.montage import CELL, ROOMS, montage
from aoi_modules.datasets.sources.finding import Found, find
from aoi_modules.datasets.table import Indices, Pixels, Split, Table, Target
from aoi_modules.datasets.twins import joined
from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.progress import progress

NAME = "houses"
TARGET = "price"
FEATURE_NAMES = ("bedrooms", "bathrooms", "area", "zipcode")
FOLDER = "Houses Dataset"
LIST = "HousesInfo.txt"
STRATA = 10
"""Price classes of equal size; every table gets its share of each."""


@dataclass(frozen=True)
class House:
    """One row: its number upstream, bedrooms, bathrooms, area in square feet, zip code, price in dollars, montage."""

    number: int
    features: tuple[float, ...]
    price: float
    picture: Pixels


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
    skip_bad: bool = False,
    cell: int = CELL,
) -> Split:
    """Loads the houses: 60% to train on, 20% to validate, 20% to test, with all price classes in each.

    Args:
        train: houses to train on, in which every price class keeps its share; None takes all (some 320).
        validation: likewise (some 110).
        test: likewise (some 110).
        seed: of the choice when limited.
        found: where the data is; None looks for it.
        skip_bad: leave out houses that cannot be used, and say so in `left_out`.
        cell: pixels that a room has in the montage.

    Returns:
        Tables as `table` gives them.

    Raises:
        DataError: see `table`.
    """
    found = found or find(NAME)
    whole, left_out = table(found, skip_bad=skip_bad, cell=cell)
    split = replace(sampling.by_folds(whole, folds(whole), found.origin), left_out=left_out)
    # Prices are no classes: of fewer houses than there are classes of prices, wider ones are drawn from.
    classes = min([STRATA, *(count for count in (train, validation, test) if count)])
    by_price = partial(_price_classes, count=classes)
    return sampling.limited(split, by_price, train=train, validation=validation, test=test, seed=seed)


def table(found: Found | None = None, *, skip_bad: bool = False, cell: int = CELL) -> tuple[Table, tuple[str, ...]]:
    """Loads all houses into one table, in upstream's order, and says what was left out.

    Args:
        found: where the data is; None looks for it.
        skip_bad: leave out houses that cannot be used.
        cell: pixels that a room has in the montage.

    Returns:
        Pictures uint8 (N, 2 * cell, 2 * cell, 3), see `montage`; features float32 (N, 4), bedrooms, bathrooms, area in
        square feet and the zip code as a number; target `price`, float32 (N,), in dollars. And one sentence for each
        house that was left out.

    Raises:
        DataError: houses cannot be used: names file and line. Or see `sources.find`.
    """
    found = found or find(NAME)
    if found.root is None:
        return _table([_drawn(i, house, cell) for i, house in enumerate(stand_in.draw(), start=1)], "drawn"), ()
    houses, bad = _read(found.root / FOLDER, cell)
    left_out = leave_out(bad, len(houses) + len(bad), skip_bad=skip_bad, unit="houses")
    return _table(houses, "house"), left_out


def folds(table: Table, k: int = sampling.FOLDS) -> Indices:
    """Deals the houses into folds, int64 (N,) in [0, k): every price class into each, twins together.

    The order within a price class is that of a hash of the house's name.
    """
    group = groups(table)
    strata = price_strata(table)
    fold = sampling.folds({table.ids[first]: str(strata[first]) for first in set(group.tolist())}, k)
    return np.array([fold[table.ids[first]] for first in group], np.int64)


def groups(table: Table) -> Indices:
    """Gives entries of the same house the same number, int64 (N,): the row of its first entry."""
    return joined([_keys(table, row) for row in range(len(table))])


def price_strata(table: Table, count: int = STRATA) -> Indices:
    """Gives the price class of each house, int64 (N,) in [0, count), cheapest first; all are of equal size."""
    order = np.argsort(table.main.values, kind="stable")
    rank = np.empty(len(table), np.int64)
    rank[order] = np.arange(len(table))
    strata: Indices = rank * count // max(1, len(table))
    return strata


def _keys(table: Table, row: int) -> list[bytes]:
    """What two entries of the same house have in common: a photograph, or all numbers."""
    picture, half = table.picture(row), table.picture(row).shape[0] // 2
    rooms = [picture[y : y + half, x : x + half].tobytes() for y in (0, half) for x in (0, half)]
    numbers = b"" if table.features is None else table.features[row].tobytes()
    return [*rooms, numbers + table.main.values[row].tobytes()]


def _read(folder: Path, cell: int) -> tuple[list[House], list[BadRow]]:
    """Every line of the list with its four pictures; what cannot be used apart."""
    path = folder / LIST
    try:
        lines = path.read_text(encoding="utf-8").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a list of houses, one a line: {error}") from None
    if not lines:
        raise DataError(f"{path}: expected a house in each line. Received: an empty file")
    houses: list[House] = []
    bad: list[BadRow] = []
    with ThreadPoolExecutor() as pool, progress("read houses", len(lines), unit="houses") as advance:
        for row in pool.map(lambda number: _house(folder, number, lines[number - 1], cell), range(1, len(lines) + 1)):
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                houses.append(row)
            advance(1)
    return houses, bad + _without_line(folder, len(lines))


def _house(folder: Path, number: int, line: str, cell: int) -> House | BadRow:
    values = _numbers(line)
    if isinstance(values, str):
        return BadRow(f"{LIST}, line {number}", values)
    names = [f"{number}_{room}.jpg" for room in ROOMS]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        return BadRow(", ".join(missing), f"no such file in {folder}")
    try:
        picture = montage([(folder / name).read_bytes() for name in names], cell=cell)
    except (NotAPicture, OSError) as error:
        return BadRow(f"{number}_*.jpg", str(error))
    return House(number, values[:-1], values[-1], picture)


def _numbers(line: str) -> tuple[float, ...] | str:
    """Bedrooms, bathrooms, area, zip code and price of a line, or what is wrong with it."""
    names = (*FEATURE_NAMES, TARGET)
    words = line.split()
    if len(words) != len(names):
        return f"expected {len(names)} numbers: {' '.join(names)}. Received: {line!r}"
    values = []
    for name, word in zip(names, words, strict=True):
        try:
            value = float(word)
        except ValueError:
            return f"{name}: expected a number. Received: {word!r}"
        if not math.isfinite(value) or value <= 0:
            return f"{name}: expected a number above 0. Received: {word}"
        values.append(value)
    return tuple(values)


def _without_line(folder: Path, lines: int) -> list[BadRow]:
    """Pictures of houses that the list does not have, one for each house."""
    numbers = {int(name) for path in folder.glob("*_*.jpg") if (name := path.stem.partition("_")[0]).isdecimal()}
    return [BadRow(f"{n}_*.jpg", f"{LIST} has no line {n}") for n in sorted(numbers) if not 1 <= n <= lines]


def _drawn(number: int, house: stand_in.DrawnHouse, cell: int) -> House:
    features = (house.bedrooms, house.bathrooms, house.area, house.zipcode)
    return House(number, features, house.price, montage(house.rooms, cell=cell))


def _table(houses: Sequence[House], prefix: str) -> Table:
    return Table(
        pictures=np.stack([house.picture for house in houses]),
        targets=(Target(TARGET, np.array([house.price for house in houses], np.float32)),),
        ids=tuple(f"{prefix}/{house.number}" for house in houses),
        features=np.array([house.features for house in houses], np.float32),
        feature_names=FEATURE_NAMES,
    )


def _price_classes(table: Table, count: int) -> Sequence[object]:
    classes: list[int] = price_strata(table, count).tolist()
    return classes
