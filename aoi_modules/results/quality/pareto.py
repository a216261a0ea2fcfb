"""Pareto's chart: which few defects make the most of the loss (J. M. Juran, Quality Control Handbook, 1951)."""

import math
from collections.abc import Mapping

import msgspec

OTHERS = "others"


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A defect, or what is left over."""

    name: str
    count: float
    """Parts; estimated ones where counts are weighted."""
    share: float
    """Of all, in [0, 1]."""
    cumulative: float
    """Share of this bar and those before it; 1 at the last one."""
    names: int = 1
    """How many defects the bar is of; more than 1 for the rest alone, whose name is OTHERS."""


def pareto(counts: Mapping[str, float], *, most: int = 10) -> tuple[Bar, ...]:
    """Sorts defects by how often they are, the most frequent first and equal ones by name; the rest is one last bar.

    Args:
        counts: parts by defect, weighted or not; a defect without parts gets no bar.
        most: bars at most, that of the rest included; 1 or more.

    Raises:
        ValueError: a count is no number of parts, or `most` leaves no bar.
    """
    wrong = {name: count for name, count in counts.items() if not 0 <= count < math.inf}
    if wrong:
        raise ValueError(f"counts: expected numbers of parts, 0 or more. Received: {wrong}")
    if most < 1:
        raise ValueError(f"most: expected at least one bar. Received: {most}")
    rows = sorted(((name, count) for name, count in counts.items() if count), key=lambda row: (-row[1], row[0]))
    named, rest = (rows, []) if len(rows) <= most else (rows[: most - 1], rows[most - 1 :])
    heights = [(name, count, 1) for name, count in named]
    if rest:
        heights.append((OTHERS, math.fsum(count for _, count in rest), len(rest)))
    total = math.fsum(count for _, count in rows)
    return tuple(
        Bar(
            name=name, count=count, names=names, share=count / total,
            cumulative=math.fsum(count for _, count, _ in heights[: place + 1]) / total,
        )
        for place, (name, count, names) in enumerate(heights)
    )  # fmt: skip
