"""Parity: the same pictures by every way to a model, against the scores that its source gave them."""

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.base import PredictClient
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.errors import AoiError, WireError
from aoi_modules.judging.inspection import Inspection
from aoi_modules.modelstore.golden import Golden, largest_difference
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.wire.tensors import Array

FeatureRows = NDArray[np.float32] | None
"""The features of N pictures, (N, F); None for a model that takes none."""
Way = Callable[[Sequence[bytes], FeatureRows], Mapping[str, Array]]
"""Encoded pictures, N of them, and their features (N, F) -> scores by head, (N, K)."""
SOURCE, GATEWAY = "source model", "gateway"
"""How those ways are called that are not like the others."""
PICTURES_A_CALL = 16


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One head by one way.

    Args:
        way: by which the model was asked.
        head: output; empty when the way gave no answer at all.
        against: whose scores count as true: those of the source model, or another way.
        pictures: that were compared.
        difference: the greatest; absolute up to 1, where all scores lie, and relative above. None when it is not a
            number, or when there was nothing to compare.
        error: why there was nothing to compare.
        agrees: whether the difference is within the tolerance.
    """

    way: str
    head: str
    against: str
    pictures: int
    difference: float | None
    agrees: bool
    error: str = ""


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """What was compared, and whether all of it agrees."""

    component: str
    version: int
    tolerance: float
    agrees: bool
    comparisons: tuple[Comparison, ...]


def compare(
    manifest: Manifest, golden: Golden, ways: Mapping[str, Way], tolerance: float, given: Sequence[bytes] = ()
) -> Parity:
    """Asks by every way and compares the scores, (N, K) a head.

    Args:
        manifest: of the servable.
        golden: its golden pictures and the source model's scores of them.
        ways: by name. A way that fails is a comparison that does not agree; the others are still asked.
        tolerance: the greatest difference that agrees.
        given: more encoded pictures. Nobody has true scores of them, so the ways are compared with the first one, and
            there have to be two.
    """
    if given and len(ways) < 2:
        raise ValueError(f"given: expected two ways to compare. Received: {', '.join(ways) or 'none'}")
    rows = [
        row
        for name, way in ways.items()
        for row in _compared(name, SOURCE, _asked(way, golden.pictures, golden.features), golden.scores, tolerance)
    ]
    if given:
        rows += _among_themselves(ways, given, tolerance)
    return Parity(
        component=manifest.component,
        version=manifest.version,
        tolerance=tolerance,
        agrees=all(row.agrees for row in rows),
        comparisons=tuple(rows),
    )


def model_way(client: PredictClient) -> Way:
    """Asks a model server, a few pictures a call."""

    def ask(pictures: Sequence[bytes], features: FeatureRows) -> Mapping[str, Array]:
        parts = [
            client.predict_pictures(
                pictures[start : start + PICTURES_A_CALL],
                None if features is None else features[start : start + PICTURES_A_CALL],
            ).scores
            for start in range(0, len(pictures), PICTURES_A_CALL)
        ]
        return {head: np.concatenate([part[head] for part in parts]) for head in parts[0]}

    return ask


def gateway_way(client: GatewayClient, manifest: Manifest) -> Way:
    """Asks a gateway, one picture a call, and puts its answers into the form of a model's."""

    def ask(pictures: Sequence[bytes], features: FeatureRows) -> Mapping[str, Array]:
        if features is not None:
            raise WireError("the gateway takes pictures alone, and this model wants features")
        rows = [_scores(client.inspect(picture), manifest) for picture in pictures]
        return {head: np.array([row[head] for row in rows]) for head in rows[0]}

    return ask


def _scores(answer: Inspection, manifest: Manifest) -> dict[str, list[float]]:
    if answer.model.version != manifest.version:
        raise WireError(f"version {answer.model.version} answered the gateway, not version {manifest.version}")
    return {
        head.name: [math.nan if score is None else score for score in (head.scores or {"": head.score}).values()]
        for head in answer.heads
    }


def _asked(way: Way, pictures: Sequence[bytes], features: FeatureRows) -> Mapping[str, Array] | str:
    """The scores, or why there are none."""
    try:
        return way(pictures, features)
    except AoiError as error:
        return error.message


def _among_themselves(ways: Mapping[str, Way], given: Sequence[bytes], tolerance: float) -> list[Comparison]:
    found = {name: _asked(way, given, None) for name, way in ways.items()}
    answered = {name: scores for name, scores in found.items() if not isinstance(scores, str)}
    first = next(iter(answered), None)
    if first is None:
        return [_nothing(name, "", "", str(scores)) for name, scores in found.items()]
    truth = answered[first]
    return [row for name in found if name != first for row in _compared(name, first, found[name], truth, tolerance)]


def _compared(
    way: str, against: str, found: Mapping[str, Array] | str, truth: Mapping[str, Array], tolerance: float
) -> list[Comparison]:
    """One row a head of the truth; one row in all if the way failed. A gateway hands out no maps, all others do."""
    if isinstance(found, str):
        return [_nothing(way, "", against, found)]
    withheld = {map_name(head) for head in truth} if way == GATEWAY else set()
    return [
        _head(way, against, head, found.get(head), expected, tolerance)
        for head, expected in truth.items()
        if head not in withheld
    ]


def _head(way: str, against: str, head: str, scores: Array | None, expected: Array, tolerance: float) -> Comparison:
    if scores is None:
        return _nothing(way, head, against, "no such head in the answer")
    if scores.shape != expected.shape:
        return _nothing(way, head, against, f"expected scores {expected.shape}. Received: {scores.shape}")
    _, difference = largest_difference({head: expected}, {head: scores})
    return Comparison(
        way=way,
        head=head,
        against=against,
        pictures=len(expected),
        difference=difference if math.isfinite(difference) else None,
        agrees=difference <= tolerance,
    )


def _nothing(way: str, head: str, against: str, error: str) -> Comparison:
    return Comparison(way=way, head=head, against=against, pictures=0, difference=None, agrees=False, error=error)
