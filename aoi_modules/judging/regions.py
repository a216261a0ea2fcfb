"""Where in the picture a head found what it found: a rectangle around the worst part of its map. Pure."""

import msgspec
import numpy as np

from aoi_modules.errors import WireError
from aoi_modules.modelstore.manifest import ScoreMap
from aoi_modules.wire.tensors import Array


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle of the picture: shares of its height (`top`, `height`) and width (`left`, `width`), in [0, 1]."""

    top: float
    left: float
    height: float
    width: float


def find_region(scores: Array, score_map: ScoreMap, threshold: float, *, head: str = "") -> Region | None:
    """Finds the worst cell of a map, and those over the threshold that hang together with it.

    Args:
        scores: float (rows, columns), of one picture.
        score_map: which part of the picture the cells are of.
        threshold: a score over it fails.
        head: for messages.

    Returns:
        The smallest rectangle around these cells; None where no cell fails, or a score is no number.

    Raises:
        WireError: the map has another shape than the manifest says.
    """
    if scores.shape != (score_map.rows, score_map.columns):
        expected = (score_map.rows, score_map.columns)
        raise WireError(f"head {head}: expected a map of {expected}. Received: {scores.shape}")
    failing = scores > threshold
    if not np.isfinite(scores).all() or not failing.any():
        return None
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    rows, columns = np.nonzero(_around(failing, int(row), int(column)))
    top, left, height, width = score_map.area
    tall, wide = height / score_map.rows, width / score_map.columns  # of one cell
    return Region(
        top=round(top + float(rows.min()) * tall, 6),
        left=round(left + float(columns.min()) * wide, 6),
        height=round(float(np.ptp(rows) + 1) * tall, 6),
        width=round(float(np.ptp(columns) + 1) * wide, 6),
    )


def _around(failing: Array, row: int, column: int) -> Array:
    """The failing cells that hang together with one of them, by sides or corners; bool (rows, columns)."""
    found = np.zeros_like(failing)
    found[row, column] = True
    while True:
        padded = np.pad(found, 1)
        grown = failing & np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).any(axis=(2, 3))
        if (grown == found).all():
            return found
        found = grown
