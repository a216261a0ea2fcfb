"""A canary: a new version that gets a share of the parts, and is compared with the version in use."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

from aoi_modules.client.base import PredictClient
from aoi_modules.client.replies import Prediction
from aoi_modules.wire.tensors import Array


@dataclass(frozen=True)
class Pair:
    """What both versions said about one part.

    Args:
        part: its name.
        stable, canary: scores of both, one float32 (K,) a head.
        stable_seconds, canary_seconds: that both took.
    """

    part: str
    stable: dict[str, Array]
    canary: dict[str, Array]
    stable_seconds: float
    canary_seconds: float


def is_chosen(part: str, share: float) -> bool:
    """Tells whether a part belongs to the share that the canary gets.

    It depends on the part's name alone: the same part always goes the same way, on every machine, after every restart.
    A greater share keeps the parts of a smaller one.

    Args:
        part: name or serial number.
        share: of all parts, 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected 0 to 1. Received: {share}")
    digest = hashlib.sha256(part.encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * (1 << 32)


def compare(
    stable: PredictClient, canary: PredictClient, parts: Mapping[str, bytes], *, share: float = 1.0
) -> list[Pair]:
    """Asks both versions about the canary's share of the parts, one call after the other, so that they do not compete.

    Args:
        stable: asks the version in use.
        canary: asks the new one.
        parts: encoded pictures by name.
        share: of the parts that the canary gets.
    """
    pairs = []
    for part, picture in parts.items():
        if is_chosen(part, share):
            (old, old_seconds), (new, new_seconds) = _timed(stable, picture), _timed(canary, picture)
            pairs.append(Pair(part, _first_row(old), _first_row(new), old_seconds, new_seconds))
    return pairs


def _timed(client: PredictClient, picture: bytes) -> tuple[Prediction, float]:
    start = time.perf_counter()
    answer = client.predict_pictures([picture])
    return answer, time.perf_counter() - start


def _first_row(answer: Prediction) -> dict[str, Array]:
    return {head: scores[0] for head, scores in answer.scores.items()}
