"""Finds pictures that are nearly the same: saved anew, in another size or brightness, or taken twice. Pure.

Parts under one camera all look alike, and are no twins for that. So what the pictures of a set have in common is taken
out first: their mean and up to `COMMON` ways to vary that many share, such as light and position. What is left of a
picture is its own. Twins are pairs whose own parts have difference hashes (dHash, 64 bits: does the next field to the
right get brighter, in 8 x 9 fields) of at most `DISTANCE` bits' difference, and correlate by at least `CORRELATION`.
What a strong compression leaves of a part's own noise is not enough to know it again by; it is enough between pictures
that differ in what they show.

Only pairs that agree in one of eight bytes of the hash are compared: among all that differ in at most seven bits there
is no other. The work grows with the number of pictures, not with its square. Where more than `CROWD` share a byte, two
bytes have to agree. Where more than `CROWD` share two bytes, each picture is compared with its neighbours only.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.checking.looks import HEIGHT, WIDTH
from aoi_modules.datasets.table import Indices

COMMON = 8
FEWEST = 10
DISTANCE = 7
CORRELATION = 0.9
CROWD = 1000
NEIGHBOURS = 20
_SAMPLE = 2000
"""Pictures by which the ways to vary are found."""
_ROUNDS = 8
_FOR_EACH = 20
"""So many pictures at least for each way to vary: of fewer nobody can tell."""
_SHARED_BY = 8
"""So many pictures at least share a way to vary."""
_AT_ONCE = 4096

Hashes = NDArray[np.uint64]
Own = NDArray[np.float32]


def twins(small: NDArray[np.uint16]) -> Indices:
    """Finds pairs of nearly equal pictures.

    Args:
        small: uint16 (N, HEIGHT, WIDTH), see `looks.small`; pictures that show something.

    Returns:
        int64 (P, 2), positions, the smaller one first; each pair once. None of fewer than `FEWEST` pictures: nobody
        can tell what they have in common.
    """
    if len(small) < FEWEST:
        return np.zeros((0, 2), np.int64)
    own = own_parts(small)
    pairs = close_pairs(hashes(own))
    kept = [block[_correlation(own, block) >= CORRELATION] for block in _blocks(pairs)]
    return np.concatenate(kept) if kept else pairs


def own_parts(small: NDArray[np.uint16]) -> Own:
    """Takes out what pictures have in common: float32 (N, HEIGHT * WIDTH), of length 1, or 0 if nothing is left."""
    levels = small.reshape(len(small), -1).astype(np.float32)
    levels -= levels.mean(axis=1, keepdims=True)
    _normalise(levels)
    levels -= levels.mean(axis=0)
    common = _common_ways(levels)
    levels -= (levels @ common) @ common.T
    _normalise(levels)
    return levels


def _common_ways(levels: Own) -> Own:
    """The strongest principal components that many pictures share: float32 (HEIGHT * WIDTH, at most COMMON).

    They are found on a sample, by iteration: nearly is enough. One that lives of a few pictures, as that of two twins,
    is no common one; how many pictures it lives of, the spread of its fourth powers tells.
    """
    random = np.random.default_rng(0)
    sample = levels[random.permutation(len(levels))[:_SAMPLE]]
    basis = random.standard_normal((levels.shape[1], min(COMMON, len(sample) // _FOR_EACH))).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _triangle = np.linalg.qr(sample.T @ (sample @ basis))
    _, _, turn = np.linalg.svd(sample @ basis, full_matrices=False)
    basis = basis @ turn.T
    squares = (sample @ basis) ** 2
    sharing = squares.sum(axis=0) ** 2 / np.maximum((squares**2).sum(axis=0), 1e-20)
    shared: Own = basis[:, sharing >= np.maximum(_SHARED_BY, len(sample) / 10)]
    return shared


def hashes(own: Own) -> Hashes:
    """Gives the difference hash of each: uint64 (N,)."""
    fields = own.reshape(-1, 8, HEIGHT // 8, 9, WIDTH // 9).mean(axis=(2, 4))  # (N, 8, 9)
    rises = fields[:, :, 1:] > fields[:, :, :-1]  # (N, 8, 8)
    return np.packbits(rises.reshape(len(own), 64), axis=1).view(np.uint64)[:, 0]


def close_pairs(found: Hashes) -> Indices:
    """Finds pairs of hashes that differ in at most `DISTANCE` bits: int64 (P, 2)."""
    parts = found.view(np.uint8).reshape(-1, 8)
    pairs = [_close(found, rows) for band in range(8) for rows in _alike(parts, band)]
    return np.unique(np.concatenate(pairs), axis=0) if pairs else np.zeros((0, 2), np.int64)


def _alike(parts: NDArray[np.uint8], band: int) -> Iterator[Indices]:
    """Rows that share a byte of the hash; of a crowd those that share the next byte, too."""
    for rows in _equal(parts[:, band], np.arange(len(parts))):
        if len(rows) <= CROWD:
            yield rows
        else:
            yield from _equal(parts[rows, (band + 1) % 8], rows)


def _equal(values: NDArray[np.uint8], rows: Indices) -> Iterator[Indices]:
    order = np.argsort(values, kind="stable")
    ends = np.flatnonzero(np.diff(values[order])) + 1
    yield from (group for group in np.split(rows[order], ends) if len(group) > 1)


def _close(found: Hashes, rows: Indices) -> Indices:
    """The close pairs among some rows."""
    if len(rows) <= CROWD:
        left, right = np.triu_indices(len(rows), 1)
    else:
        rows = rows[np.argsort(found[rows], kind="stable")]
        places = np.arange(len(rows))
        steps = [(places[:-step], places[step:]) for step in range(1, NEIGHBOURS + 1)]
        left, right = (np.concatenate(side) for side in zip(*steps, strict=True))
    near = np.bitwise_count(found[rows[left]] ^ found[rows[right]]) <= DISTANCE
    return np.sort(np.stack([rows[left[near]], rows[right[near]]], axis=1), axis=1)


def _correlation(own: Own, pairs: Indices) -> NDArray[np.float32]:
    correlation: NDArray[np.float32] = np.einsum("pf,pf->p", own[pairs[:, 0]], own[pairs[:, 1]])
    return correlation


def _blocks(pairs: Indices) -> Iterator[Indices]:
    yield from (pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE))


def _normalise(levels: Own) -> None:
    """Makes each row of length 1; one that is next to nothing stays nothing."""
    length = np.linalg.norm(levels, axis=1, keepdims=True)
    levels /= np.where(length > 1e-3, length, np.inf)
