"""The p-chart: whether the share of defective parts moves from group to group by more than chance.

Sources:

- W. A. Shewhart: Economic Control of Quality of Manufactured Product. 1931. Limits at three standard deviations.
- Western Electric: Statistical Quality Control Handbook. 1956. Eight points in a row on one side of the centre line.
- D. C. Montgomery: Introduction to Statistical Quality Control. 8th ed. 2019, section 7.3. Groups of different sizes.
- P. B. Laney: Improved control charts for attributes. Quality Engineering 14 (2002) 531-537. Very large groups.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

RUN = 8
"""So many points in a row on one side are a signal."""
FEW = 5.0
"""Fewer defective, or fewer good, parts than this are expected: three standard deviations are no limit there."""
TAIL = 0.00135
"""Chance beyond each limit: that of a normal distribution beyond three standard deviations."""
_MOST_OF_FEW = 60
"""More than this are not counted where fewer than FEW are expected: the chance is below 1e-30."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Parts that belong together, such as those of a shift or a lot; in the order of time.

    Raises:
        ValueError: numbers that cannot be.
    """

    label: str
    defective: int
    total: int
    """At least one part."""

    def __post_init__(self) -> None:
        if self.total < 1:
            raise ValueError(f"group {self.label!r}: expected at least one part. Received: total={self.total}")
        if not 0 <= self.defective <= self.total:
            raise ValueError(
                f"group {self.label!r}: expected 0 to {self.total} defective parts. Received: {self.defective}"
            )


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A group on the chart; shares in [0, 1]."""

    label: str
    defective: int
    total: int
    rate: float
    lower: float
    """Control limits. A share on a limit is within."""
    upper: float
    exact: bool
    """Whether the limits are quantiles of the binomial, as too few parts are expected for three standard deviations."""
    outside: bool
    """Signal: the share is beyond a limit."""
    run: bool
    """Signal: this is the eighth point, or a later one, in a row on one side of the centre line."""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A p-chart, in the order of its groups."""

    centre: float
    """The share that is expected of each group."""
    points: tuple[Point, ...]
    spread: float | None
    """Standard deviation between neighbours, in those of the binomial (Laney's sigma of z); null where the binomial has
    none, or for one group. About 1 where chance is all there is. Far above 1 the groups differ by nature, as large ones
    do by lot or shift: then most points are outside, and Laney's limits, wider by this factor, tell more."""

    @property
    def in_control(self) -> bool:
        """Whether there is no signal."""
        return not any(point.outside or point.run for point in self.points)


def p_chart(groups: Sequence[Group], *, centre: float | None = None) -> Chart:
    """Draws up the chart: centre line, a pair of limits for each group's size, and the points that are signals.

    The limits are c -/+ 3 sqrt(c (1 - c) / n) for the centre c and n parts. Where fewer than five defective or good
    parts are expected, they are the quantiles of the binomial with as much chance beyond them.

    Args:
        groups: at least one.
        centre: a share that is known from before, in [0, 1]; left out, that of all parts of these groups.

    Raises:
        ValueError: there are no groups, or the centre is no share.
    """
    if not groups:
        raise ValueError("groups: expected at least one. Received: none")
    if centre is None:
        centre = sum(group.defective for group in groups) / sum(group.total for group in groups)
    if not 0.0 <= centre <= 1.0:
        raise ValueError(f"centre: expected a share in [0, 1]. Received: {centre}")
    runs = _runs([group.defective - centre * group.total for group in groups])
    points = tuple(_point(group, centre, run) for group, run in zip(groups, runs, strict=True))
    return Chart(centre=centre, points=points, spread=_spread(groups, centre))


def _point(group: Group, centre: float, run: int) -> Point:
    exact = group.total * min(centre, 1 - centre) < FEW
    low, high = (exact_limits if exact else sigma_limits)(group.total, centre)
    return Point(
        label=group.label, defective=group.defective, total=group.total, rate=group.defective / group.total,
        lower=low / group.total, upper=high / group.total, exact=exact,
        outside=not low <= group.defective <= high, run=run >= RUN,
    )  # fmt: skip


def sigma_limits(total: int, centre: float) -> tuple[float, float]:
    """Finds the numbers of parts three standard deviations from the expected one, at least 0 and at most all."""
    expected, three = total * centre, 3 * math.sqrt(total * centre * (1 - centre))
    return max(0.0, expected - three), min(float(total), expected + three)


def exact_limits(total: int, centre: float) -> tuple[float, float]:
    """Finds the least and the greatest number of parts that is no signal: beyond each lies a chance of at most TAIL.

    Args:
        total: parts of the group.
        centre: share that is expected, so that fewer than FEW parts are defective, or good.
    """
    if centre > 0.5:
        low, high = exact_limits(total, 1 - centre)
        return total - high, total - low
    at_most = np.cumsum(_chances(total, centre, min(total, _MOST_OF_FEW)))
    return float(np.searchsorted(at_most, TAIL, side="right")), float(np.searchsorted(at_most, 1 - TAIL))


def _chances(total: int, share: float, most: int) -> list[float]:
    """The chance of 0, 1, ... most defective parts of a binomial, each from the one before it; few are expected."""
    if share == 1.0:
        return [0.0] * most + [float(most == total)]
    chances = [math.exp(total * math.log1p(-share))]
    for count in range(most):
        chances.append(chances[-1] * (total - count) / (count + 1) * share / (1 - share))
    return chances


def _runs(distances: Sequence[float]) -> list[int]:
    """How many points in a row, up to each one, lie on its side of the centre line. One on the line ends a run."""
    runs: list[int] = []
    before, length = 0, 0
    for distance in distances:
        side = (distance > 0) - (distance < 0)
        length = 0 if side == 0 else length + 1 if side == before else 1
        before = side
        runs.append(length)
    return runs


def _spread(groups: Sequence[Group], centre: float) -> float | None:
    """The mean distance of neighbours in standard deviations of each, over 1.128, which it is for normal numbers."""
    if len(groups) < 2 or centre in (0.0, 1.0):
        return None
    z = [(group.defective / group.total - centre) / math.sqrt(centre * (1 - centre) / group.total) for group in groups]
    return float(np.mean(np.abs(np.diff(z)))) / (2 / math.sqrt(math.pi))
