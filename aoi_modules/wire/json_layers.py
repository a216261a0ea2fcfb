"""JSON of any depth: a deep document is cut into flat ones, which are read one by one.

Python's readers call themselves for each level of a document, so they refuse a million brackets, or the process ends.
Here numpy finds all brackets of a document at once. Where the document is deeper than LAYER, everything below a chosen
level is cut out and an empty list takes its place. The pieces that were cut out are read in the same way. The flat
documents are valid exactly when the deep one is.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

LAYER = 600
"""Levels of a flat document: half of them are more than an error message shows, all are fewer than calls of a reader
may be nested."""
CHUNK_BYTES = 1 << 22
"""Bytes of a document that are looked at together; the arrays for them take several times this memory."""
_QUOTE, _BACKSLASH = b'"\\'

Span = tuple[int, int]
"""The first position, and the one behind the last."""


@dataclass(frozen=True)
class Brackets:
    """The brackets of a document's first value that are not inside strings, in order.

    Args:
        positions: the byte at which each stands, int64 (N,), rising.
        opens: whether each is `[` or `{`, bool (N,).
        depths: how many are open after each, int32 (N,).
    """

    positions: NDArray[np.int64]
    opens: NDArray[np.bool_]
    depths: NDArray[np.int32]

    @property
    def deepest(self) -> int:
        """How many are open at most at one place; 0 where there are none."""
        return int(self.depths.max(initial=0))

    def first_at(self, depth: int) -> int:
        """Returns the byte of the first bracket of at least that depth; call it only where `deepest` is not less."""
        return int(self.positions[np.argmax(self.depths >= depth)])

    def innermost(self, position: int) -> int | None:
        """Returns the byte of the innermost bracket that is open before a position; None where none is."""
        before = int(np.searchsorted(self.positions, position))
        if not before or self.depths[before - 1] < 1:
            return None
        same = self.opens[:before] & (self.depths[:before] == self.depths[before - 1])
        return int(self.positions[np.flatnonzero(same)[-1]])


@dataclass(frozen=True)
class Layer:
    """One flat document, made of parts of the whole one.

    Args:
        text: the flat document itself.
        starts: the byte at which each part begins in the text.
        origins: the byte at which each part begins in the whole document.
    """

    text: bytes
    starts: Sequence[int]
    origins: Sequence[int]

    def origin(self, position: int) -> int:
        """Turns a position in the text into one in the whole document."""
        part = bisect_right(self.starts, position) - 1
        return self.origins[part] + position - self.starts[part]


def brackets(document: bytes) -> Brackets:
    """Finds the brackets of a document's first value; time and memory grow with its length, not with its depth."""
    codes = np.frombuffer(document, np.uint8)
    found: list[NDArray[np.int64]] = []
    quoted = slashes = 0
    for start in range(0, len(codes), CHUNK_BYTES):
        chunk = codes[start : start + CHUNK_BYTES]
        quotes, slashes = _quotes(chunk, slashes)
        positions = np.flatnonzero(_IS_BRACKET[chunk])
        inside = (np.searchsorted(quotes, positions) + quoted) % 2
        found.append(positions[inside == 0] + start)
        quoted += len(quotes)
    positions = np.concatenate(found) if found else np.zeros(0, np.int64)
    opens = _OPENS[codes[positions]]
    depths = np.cumsum(np.where(opens, 1, -1), dtype=np.int32)
    ends = np.flatnonzero(depths <= 0)
    count = int(ends[0]) + 1 if len(ends) else len(depths)
    return Brackets(positions[:count], opens[:count], depths[:count])


def layers(document: bytes, found: Brackets) -> Iterator[Layer]:
    """Yields the flat documents: the outermost one first, then a list of the pieces cut out of it, and so on."""
    spans = [[(0, len(document))], *_cut_out(document, found), []]
    for number, (outer, inner) in enumerate(pairwise(spans)):
        yield _layer(document, outer, inner, listed=number > 0)


def _table(characters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


_IS_BRACKET, _OPENS = _table(b"[]{}"), _table(b"[{")


def _quotes(chunk: NDArray[np.uint8], slashes: int) -> tuple[NDArray[np.int64], int]:
    """The quotation marks that no backslash escapes, and the backslashes at the end of the chunk.

    Args:
        chunk: of the document.
        slashes: backslashes right before it.
    """
    quotes = np.flatnonzero(chunk == _QUOTE)
    is_slash = chunk == _BACKSLASH
    if not is_slash.any():
        return (quotes[1:] if slashes % 2 and len(quotes) and quotes[0] == 0 else quotes), 0
    first = is_slash.copy()
    first[1:] &= ~is_slash[:-1]
    starts = np.flatnonzero(first)
    start = starts[np.maximum(np.searchsorted(starts, quotes) - 1, 0)]
    runs = np.where(is_slash[np.maximum(quotes - 1, 0)] & (quotes > 0), quotes - start, 0)
    runs += np.where(runs == quotes, slashes, 0)
    others = np.flatnonzero(~is_slash)
    trailing = len(chunk) - 1 - int(others[-1]) if len(others) else len(chunk) + slashes
    return quotes[runs % 2 == 0], trailing


def _cut_out(document: bytes, found: Brackets) -> Iterator[list[Span]]:
    """What is cut out of the document at each chosen level, from the outermost to the innermost one."""
    cuts = _cut_levels(found)
    levels = np.where(found.opens, found.depths, found.depths + 1)
    is_cut = np.zeros(found.deepest + 2, np.bool_)
    is_cut[cuts] = True
    chosen = np.flatnonzero(is_cut[levels])
    order = chosen[np.argsort(levels[chosen], kind="stable")]
    bounds = np.searchsorted(levels[order], [*cuts, found.deepest + 1])
    for first, last in pairwise(bounds.tolist()):
        group = order[first:last]
        starts = found.positions[group[found.opens[group]]].tolist()
        ends = (found.positions[group[~found.opens[group]]] + 1).tolist()
        ends += [len(document) + 1] * (len(starts) - len(ends))  # where the document ends too early
        yield list(zip(starts, ends, strict=True))


def _cut_levels(found: Brackets) -> list[int]:
    """Levels at most LAYER from each other, where few lists begin: each costs time."""
    begun = np.bincount(found.depths[found.opens], minlength=found.deepest + 1)
    cuts: list[int] = []
    last = 0
    while found.deepest - last > LAYER:
        nearest = last + LAYER // 2
        last = nearest + int(np.argmin(begun[nearest : last + LAYER]))
        cuts.append(last)
    return cuts


def _layer(document: bytes, outer: Sequence[Span], inner: Sequence[Span], *, listed: bool) -> Layer:
    """The outer spans, with an empty list for each inner span; as items of a list unless there is only one."""
    parts: list[bytes] = []
    origins: list[int] = []
    holes = iter([*inner, (len(document) + 1, 0)])
    hole, hole_end = next(holes)
    for number, (start, end) in enumerate(outer):
        if listed:
            parts.append(b"," if number else b"[")
            origins.append(start)
        while hole < end:
            parts += document[start:hole], b"[]"
            origins += start, hole
            start = hole_end
            hole, hole_end = next(holes)
        parts.append(document[start:end])
        origins.append(start)
    if listed and outer[-1][1] <= len(document):
        parts.append(b"]")
        origins.append(outer[-1][1])
    return Layer(b"".join(parts), list(accumulate(map(len, parts), initial=0))[:-1], origins)
