"""Magnetic tiles: gray pictures of tile surfaces, good (0) or with a defect (1). Real when found, drawn otherwise.

Upstream photographed every tile six times, once for each exposure (`exp1` to `exp6`), and numbers the pictures in the
order they were taken: `exp3_num_26146.jpg`. A split by picture puts the same tile into training and test and measures
how well a tile is remembered. So pictures are grouped by tile first, and the split deals out groups.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aoi_modules.datasets import stand_in_tiles
from aoi_modules.datasets.sampling import folds, stratified
from aoi_modules.datasets.sources import Found, find
from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import DataError

NAME = "magnetic-tile"
TARGET = "defect"
LABEL_NAMES = ("good", "defect")
GOOD = "Free"
EXPOSURES = 6
NEXT_TILE = 300
"""Picture numbers further apart than this belong to different tiles..."""
NEXT_TILE_IF_INCOMPLETE = 2000
"""...unless an exposure of the tile is still to come. Two tiles in one group do no harm; one tile in two would."""
TEST_FOLD, VALIDATION_FOLD = 0, 1
_ID = re.compile(r"MT_(\w+)/Imgs/exp(\d+)_num_(\d+)\.\w+")


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
) -> Split:
    """Loads the tiles: three fifths of the tiles to train on, one to validate, one to test.

    Args:
        train: pictures to train on, in which every kind keeps its share; None takes all.
        validation: likewise.
        test: likewise.
        seed: of the choice when limited.
        found: where the data is; None looks for it.

    Returns:
        Tables of encoded pictures of different sizes; `kinds` names the defect (`Free` is none).

    Raises:
        DataError: see `sources.find`.
    """
    found = found or find(NAME)
    table = _from_files(found.root) if found.root else _drawn()
    fold_of = fold_by_id(table.ids)
    fold = np.array([fold_of[name] for name in table.ids])
    return Split(
        train=_limited(table.take(np.flatnonzero((fold != TEST_FOLD) & (fold != VALIDATION_FOLD))), train, seed),
        validation=_limited(table.take(np.flatnonzero(fold == VALIDATION_FOLD)), validation, seed),
        test=_limited(table.take(np.flatnonzero(fold == TEST_FOLD)), test, seed),
        origin=found.origin,
    )


def fold_by_id(ids: Sequence[str]) -> dict[str, int]:
    """Deals pictures into five folds, all pictures of a tile into the same one, every kind into each."""
    groups = tiles(ids)
    stratum = {members[0]: _kind(members) for members in groups}
    fold = folds(stratum)
    return {name: fold[members[0]] for members in groups for name in members}


def tiles(ids: Sequence[str]) -> list[list[str]]:
    """Groups the pictures of one tile, by the numbers in their names.

    Raises:
        DataError: a name is not of upstream's form.
    """
    ordered = sorted((_parts(name)[2], name) for name in ids)
    groups: list[list[str]] = []
    last = 0
    for number, name in ordered:
        if groups and number - last <= (NEXT_TILE if _complete(groups[-1]) else NEXT_TILE_IF_INCOMPLETE):
            groups[-1].append(name)
        else:
            groups.append([name])
        last = number
    return groups


def _complete(members: Sequence[str]) -> bool:
    """Every exposure was taken equally often. `exp0` are upstream's trial shots, which follow no rule."""
    taken = Counter(_parts(name)[1] for name in members)
    taken.pop(0, None)
    return len(taken) == EXPOSURES and len(set(taken.values())) == 1


def _kind(members: Sequence[str]) -> str:
    """The first defect of a group by name; good only if all its pictures are."""
    return min((kind for kind, _, _ in map(_parts, members) if kind != GOOD), default=GOOD)


def _parts(name: str) -> tuple[str, int, int]:
    """Kind, exposure and number of a picture."""
    match = _ID.fullmatch(name)
    if match is None:
        raise DataError(f"picture name: expected MT_<kind>/Imgs/exp<E>_num_<N>.<format>. Received: {name!r}")
    return match[1], int(match[2]), int(match[3])


def _from_files(root: Path) -> Table:
    paths = sorted(root.glob("MT_*/Imgs/*.jpg"))
    return _table([str(path.relative_to(root)) for path in paths], [path.read_bytes() for path in paths])


def _drawn() -> Table:
    return _table(*stand_in_tiles.draw())


def _table(ids: Sequence[str], encoded: Sequence[bytes]) -> Table:
    kinds = tuple(_parts(name)[0] for name in ids)
    labels = np.array([kind != GOOD for kind in kinds], np.int64)
    return Table(tuple(encoded), (Target(TARGET, labels, LABEL_NAMES),), tuple(ids), kinds)


def _limited(table: Table, count: int | None, seed: int) -> Table:
    return table.take(stratified(table.kinds, count, seed))
