"""By which limits a head judges: those of its manifest, and over them those of the place where it is used."""

from collections.abc import Mapping, Sequence

import msgspec

from aoi_modules.errors import RouteError
from aoi_modules.modelstore.manifest import Head
from aoi_modules.verdict import Limits


class HeadLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one head judges where it is used. What is left out comes from the model's manifest."""

    threshold: float | None = None
    """A score over it fails the part; in [0, 1]."""
    review_band: tuple[float, float] | None = None
    """Scores from the first to the second go to an operator."""
    good: tuple[str, ...] = ()
    """For class heads: the labels of good parts. The score is then 1 - the sum of their probabilities."""

    def __post_init__(self) -> None:
        Limits(1.0 if self.threshold is None else self.threshold, self.review_band)


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


def limits_of(head: Head, given: HeadLimits) -> Limits | None:
    """Finds the limits by which a head judges; None for a head that judges nothing.

    A threshold of the route comes with the route's review band, because the manifest's band belongs to the
    manifest's threshold.

    Raises:
        RouteError: the route wants a judgement that this head cannot give.
    """
    unknown = [label for label in given.good if label not in head.labels]
    if unknown:
        raise RouteError(f"head {head.name}: no labels {unknown}; it has: {', '.join(head.labels)}")
    if head.kind == "value" or (head.kind == "class" and not given.good):
        if given != HeadLimits():
            need = "`good: [LABEL, ...]`" if head.kind == "class" else "no limits: a value is only told"
            raise RouteError(f"head {head.name} is of kind {head.kind}, which needs {need}")
        return None
    if given.threshold is not None:
        return Limits(given.threshold, given.review_band)
    if head.threshold is None:
        if given != HeadLimits():
            raise RouteError(f"head {head.name}: neither the route nor the model's manifest gives a threshold")
        return None
    return Limits(head.threshold, given.review_band or head.review_band)
