"""Magnetic tiles: gray pictures of tile surfaces, good (0) or with a defect (1). Real when found, drawn otherwise.

Upstream photographed every tile six times, once for each exposure (`exp1` to `exp6`), and numbers the pictures in the
order they were taken: `exp3_num_26146.jpg`. A split by picture puts the same tile into training and test and measures
how well a tile is remembered. So pictures are grouped by tile first, and the split deals out groups.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.magnetic_tile import stand_in
from aoi_modules.datasets.magnetic_tile.stand_in import Mask
from aoi_modules.datasets.sources.finding import Found, find
from aoi_modules.datasets.table import Indices, Split, Table, Target, decode
from aoi_modules.errors import DataError

NAME = "magnetic-tile"
TARGET = "defect"
LABEL_NAMES = ("good", "defect")
GOOD = "Free"
KIND_NAMES = ("good", "Blowhole", "Break", "Crack", "Fray", "Uneven")
EXPOSURES = 6
NEXT_TILE = 300
"""Picture numbers further apart than this belong to different tiles..."""
NEXT_TILE_IF_INCOMPLETE = 2000
"""...unless an exposure of the tile is still missing. Two tiles in one group do no harm, one tile in two does."""
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
    whole = sampling.by_folds(table, fold, found.origin)
    return sampling.limited(whole, sampling.by_kind, train=train, validation=validation, test=test, seed=seed)


def mask(name: str, found: Found) -> Mask:
    """Gives the place of a picture's defect: bool (h, w), as large as the picture; all False for a good tile.

    Upstream left the masks of a few uneven tiles empty too.

    Args:
        name: the row's id.
        found: where the data is.

    Raises:
        DataError: there is no such mask.
        NotAPicture: it cannot be decoded.
    """
    if found.root is None:
        drawn = stand_in.masks()
        if name not in drawn:
            raise DataError(f"name: expected the id of a drawn tile. Received: {name!r}")
        return drawn[name]
    path = (found.root / name).with_suffix(".png")
    try:
        encoded = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: expected the mask of {name}: {error.strerror}") from None
    marked: Mask = decode(encoded, str(path)).max(axis=2) > 0
    return marked


def masks(table: Table, found: Found | None = None) -> tuple[Mask, ...]:
    """Gives the masks of all rows: N of bool (h, w), each as large as its picture.

    Raises:
        DataError: see `mask` and `sources.find`.
    """
    found = found or find(NAME)
    return tuple(mask(name, found) for name in table.ids)


def folds(table: Table, k: int = 4, *, by: Literal["tile", "picture"] = "tile") -> Indices:
    """Deals the rows into folds for cross-validation, int64 (N,) in [0, k): every kind into each.

    Args:
        table: any rows of the set.
        k: folds.
        by: `tile` keeps the six exposures of a tile together. `picture` does not: it measures in part how well a tile
            is remembered. Many published figures do so, and this is here to compare with them.
    """
    kinds = dict(zip(table.ids, table.kinds, strict=True))
    fold = fold_by_id(table.ids, k) if by == "tile" else sampling.folds(kinds, k)
    return np.array([fold[name] for name in table.ids], np.int64)


def fold_by_id(ids: Sequence[str], k: int = sampling.FOLDS) -> dict[str, int]:
    """Deals pictures into `k` folds, all pictures of a tile into the same one, every kind into each."""
    groups = tiles(ids)
    stratum = {members[0]: _kind(members) for members in groups}
    fold = sampling.folds(stratum, k)
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
    return _table(*stand_in.draw())


def _table(ids: Sequence[str], encoded: Sequence[bytes]) -> Table:
    kinds = tuple(_parts(name)[0] for name in ids)
    labels = np.array([kind != GOOD for kind in kinds], np.int64)
    return Table(tuple(encoded), (Target(TARGET, labels, LABEL_NAMES),), tuple(ids), kinds)
