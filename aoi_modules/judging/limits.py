"""By which limits a head judges: those of its manifest, and over them those of the place where it is used."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from aoi_modules.errors import RouteError
from aoi_modules.modelstore.manifest import Head
from aoi_modules.verdict import Limits

LimitsFrom = Literal["manifest", "route", "manifest and route", "station"]
"""The model's manifest, the place where it is used, the threshold of the first with the band of the second, or people
at the station."""


class HeadLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one head judges where it is used. What is left out comes from the model's manifest."""

    threshold: float | None = None
    """A score over it fails the part; in [0, 1]."""
    review_band: tuple[float, float] | None = None
    """Scores from the first to the second go to an operator."""
    good: tuple[str, ...] = ()
    """For class heads: the labels of good parts, in place of the manifest's. The score that is judged is 1 - the sum of
    their probabilities."""

    def __post_init__(self) -> None:
        Limits(1.0 if self.threshold is None else self.threshold, self.review_band)


class SetLimits(HeadLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits that people at the station set for a head of one version of a model."""

    number: int
    """By which it is known who set them, when and why."""


def check_fit(heads: Sequence[Head], route: Mapping[str, HeadLimits]) -> None:
    """Makes sure that a route judges only by what the model has: a limit that nobody applies lets defects escape.

    Raises:
        RouteError: it does not.
    """
    known = {head.name: head for head in heads}
    for name, limits in route.items():
        if name not in known:
            raise RouteError(f"the route has limits for a head {name!r}; the model has: {', '.join(known)}")
        limits_of(known[name], limits)


def good_labels(head: Head, given: HeadLimits) -> tuple[str, ...]:
    """Finds the labels of good parts by which a class head judges; none for a head that only names classes."""
    return given.good or head.good


def limits_of(head: Head, given: HeadLimits) -> Limits | None:
    """Finds the limits by which a head judges; None for a head that judges nothing.

    A threshold of the route comes with the route's review band, because the manifest's band belongs to the
    manifest's threshold. For the same reason other good labels than the manifest's need a threshold of the route.

    Raises:
        RouteError: the route wants a judgement that this head cannot give.
    """
    unknown = [label for label in given.good if label not in head.labels]
    if unknown:
        raise RouteError(f"head {head.name}: no labels {unknown}; it has: {', '.join(head.labels)}")
    if head.kind == "value" or (head.kind == "class" and not good_labels(head, given)):
        if given != HeadLimits():
            need = "`good: [LABEL, ...]`" if head.kind == "class" else "no limits: a value is only told"
            raise RouteError(f"head {head.name} is of kind {head.kind}, which needs {need}")
        return None
    if given.threshold is not None:
        return Limits(given.threshold, given.review_band)
    if given.good and head.good and set(given.good) != set(head.good):
        raise RouteError(
            f"head {head.name}: the manifest's threshold is for {', '.join(head.good)} as good labels, not for "
            f"{', '.join(given.good)}",
            hint="give the route a threshold, too",
        )
    if head.threshold is None:
        if given != HeadLimits():
            raise RouteError(f"head {head.name}: neither the route nor the model's manifest gives a threshold")
        return None
    return Limits(head.threshold, given.review_band or head.review_band)


def limits_from(given: HeadLimits) -> LimitsFrom:
    """Says whose limits a head judges by where `given` is what route or station says; see `limits_of`."""
    if isinstance(given, SetLimits):
        return "station"
    if given.threshold is not None:
        return "route"
    return "manifest" if given.review_band is None else "manifest and route"
