"""Groups rows that must never part: the same picture, the same house, the same lot of parts. Pure."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from aoi_modules.datasets.table import Indices


def joined(keys: Sequence[Iterable[Hashable]]) -> Indices:
    """Groups rows that share a key, directly or through other rows.

    Args:
        keys: what each row is known by, such as the checksums of its pictures.

    Returns:
        int64 (N,): of each row the first row of its group.
    """
    parent = list(range(len(keys)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    first: dict[Hashable, int] = {}
    for row, names in enumerate(keys):
        for name in names:
            a, b = root(first.setdefault(name, row)), root(row)
            parent[max(a, b)] = min(a, b)  # so a root is always the first row of its group
    return np.array([root(row) for row in range(len(keys))], np.int64)
