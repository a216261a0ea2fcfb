"""Inspections of several pictures -> the verdict of the unit that they show. Pure.

The form follows the message `UnitsInspected` of IPC-CFX, the public standard by which lines talk: a unit, its
positions, their inspections, one overall result.
"""

from collections.abc import Collection, Sequence

import msgspec

from aoi_modules.judging.inspection import Inspection
from aoi_modules.verdict import Verdict, judge_part


class PositionResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one picture of a unit."""

    position: str
    component: str
    verdict: Verdict
    """REVIEW where there is no inspection."""
    inspection: Inspection | None = None
    """Null where no model could be asked about the picture."""
    reason: str = ""
    """Why not; else empty."""


class UnitInspection(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict of a unit, and what led to it: what the gateway sends."""

    unit: str
    product: str | None
    """Whose plan says which positions a unit has; null where the request named none."""
    verdict: Verdict
    positions: tuple[PositionResult, ...]
    missing: tuple[str, ...] = ()
    """Required positions of which no picture came."""
    id: str = ""
    """By which the results know the verdict; empty where it was not kept."""
    request_id: str = ""
    elapsed_ms: float | None = None


def judge_unit(
    unit: str, positions: Sequence[PositionResult], *, product: str | None = None, required: Collection[str] = ()
) -> UnitInspection:
    """Judges a unit: FAIL if any position fails, else REVIEW if one is doubtful or missing, else PASS.

    Args:
        unit: its name.
        positions: a result for each picture.
        product: whose plan holds.
        required: positions that the plan asks for.
    """
    seen = {result.position for result in positions}
    missing = tuple(sorted(set(required) - seen))
    verdict = judge_part([*(result.verdict for result in positions), *(Verdict.REVIEW for _ in missing)])
    return UnitInspection(unit=unit, product=product, verdict=verdict, positions=tuple(positions), missing=missing)
