"""What the pictures were like that a model learnt from, and how far those of the line are from that. Pure."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aoi_modules.pictures.quality import Quality  # which needs numpy, and readers of a manifest do not

FEWEST = 20
"""Of fewer pictures a mean and a deviation say too little to compare by."""
LEAST_BRIGHTNESS, LEAST_SHARPNESS = 1 / 255, 0.5
"""The smallest deviations that are believed: a gray level, and a change in decibels that nobody sees."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure is spread over pictures: mean, standard deviation, and what 1, 50 and 99% of them stay below."""

    mean: float
    deviation: float
    p1: float
    p50: float
    p99: float


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Brightness and sharpness, as `pictures.quality` measures them, of so many pictures."""

    pictures: int
    brightness: Spread
    sharpness: Spread

    @classmethod
    def of(cls, measured: "Sequence[Quality]") -> "Reference | None":
        """The figures of pictures that were measured; None of none."""
        if not measured:
            return None
        return cls(
            pictures=len(measured),
            brightness=_spread([one.brightness for one in measured]),
            sharpness=_spread([one.sharpness for one in measured]),
        )

    @classmethod
    def joined(cls, references: "Iterable[Reference | None]") -> "Reference | None":
        """The figures of all pictures of several models, as far as any are known; None where none are.

        Models that learnt from the same pictures count once. Mean and deviation are those of all pictures together; of
        quantiles the outer ones stand for all, and the means of the medians.
        """
        known = list(dict.fromkeys(one for one in references if one is not None))
        if len(known) < 2:
            return known[0] if known else None
        counts = [one.pictures for one in known]
        return cls(
            pictures=sum(counts),
            brightness=_joined([one.brightness for one in known], counts),
            sharpness=_joined([one.sharpness for one in known], counts),
        )


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How far the mean of the line's pictures is from that of the reference, in the reference's standard deviations.

    Below 0 the line is darker, or less sharp.
    """

    brightness: float
    sharpness: float


def drift(present: Reference | None, reference: Reference | None) -> Drift | None:
    """Compares the line's pictures with a model's; None where one of them is unknown or has too few pictures.

    Args:
        present: of the line's pictures.
        reference: of those that the model learnt from.
    """
    if present is None or reference is None or min(present.pictures, reference.pictures) < FEWEST:
        return None
    return Drift(
        brightness=_distance(present.brightness, reference.brightness, LEAST_BRIGHTNESS),
        sharpness=_distance(present.sharpness, reference.sharpness, LEAST_SHARPNESS),
    )


def _distance(present: Spread, reference: Spread, least: float) -> float:
    return (present.mean - reference.mean) / max(reference.deviation, least)


def _spread(values: Sequence[float]) -> Spread:
    ordered = sorted(values)
    p1, p50, p99 = (ordered[max(0, math.ceil(len(ordered) * share) - 1)] for share in (0.01, 0.5, 0.99))
    return Spread(mean=statistics.fmean(values), deviation=statistics.pstdev(values), p1=p1, p50=p50, p99=p99)


def _joined(spreads: Sequence[Spread], counts: Sequence[int]) -> Spread:
    mean = statistics.fmean([one.mean for one in spreads], counts)
    squares = [one.deviation**2 + (one.mean - mean) ** 2 for one in spreads]
    return Spread(
        mean=mean,
        deviation=math.sqrt(statistics.fmean(squares, counts)),
        p1=min(one.p1 for one in spreads),
        p50=statistics.fmean([one.p50 for one in spreads], counts),
        p99=max(one.p99 for one in spreads),
    )
