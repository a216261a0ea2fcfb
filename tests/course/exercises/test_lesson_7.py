"""Lesson 7: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.client.rollout.canary import Pair
from aoi_modules.client.rollout.metrics_page import LATENCY, REQUESTS, MetricsPage
from aoi_modules.course.checks import judge
from aoi_modules.serving import model_config
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

SCORES = [(0.1, 0.1), (0.2, 0.35), (0.5, 0.45), (0.45, 0.2), (0.9, 0.8), (0.35, 0.38), (0.41, 0.31), (0.1, 0.9)]
"""Stable and canary; with their own thresholds 4 of 8 agree, 2 fail newly, 2 pass newly."""
PAIRS = [
    Pair(str(number), {"defect": np.array([old])}, {"defect": np.array([new])}, 0.01, 0.01)
    for number, (old, new) in enumerate(SCORES)
]
OPINION: dict[str, Any] = {"pairs": PAIRS, "thresholds": (0.4, 0.36), "agreement": 4 / 8, "newly_failed": 2}


def opinion(**changes: Any) -> dict[str, Any]:
    return {**OPINION, **changes}


FASHION = ServedModel("fashion", Path("/m/fashion"))


def config(
    labels: dict[str, int] | None = None,
    *,
    policy: VersionPolicy = VersionPolicy(None),  # noqa: B008 - frozen
    names: tuple[str, ...] = ("tile", "fashion"),
    folder: str = "/m/tile",
    fashion: ServedModel = FASHION,
) -> str:
    labels = {"stable": 1, "canary": 2} if labels is None else labels
    models = {"tile": ServedModel("tile", Path(folder), policy, labels), "fashion": fashion}
    models["third"] = ServedModel("third", Path("/m/third"))
    return model_config.to_text([models[name] for name in names])


PROMOTED = config({"stable": 2, "canary": 2})


def back(after: object, before: object = PROMOTED) -> dict[str, object]:
    return {"before": before, "after": after}


def page(latencies: list[float], *, failed: int = 0) -> MetricsPage:
    tile = ("model_name", "tile")
    return MetricsPage(
        {
            (REQUESTS, frozenset({tile, ("status", "OK")})): len(latencies),
            (REQUESTS, frozenset({tile, ("status", "NOT_FOUND")})): failed,
            (f"{LATENCY}_sum", frozenset({tile, ("API", "Predict")})): sum(latencies),
            (f"{LATENCY}_count", frozenset({tile, ("API", "Predict")})): len(latencies),
        }
    )


BEFORE, AFTER = page([50_000.0] * 4, failed=1), page([50_000.0] * 4 + [2000.0] * 30, failed=3)
READING: dict[str, Any] = {"before": BEFORE, "after": AFTER, "seconds": 3.0, "per_second": 10, "milliseconds": 2.0}


def reading(**changes: Any) -> dict[str, Any]:
    return {**READING, **changes}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("7.1", opinion()),
        ("7.1", opinion(agreement=np.float64(0.5), newly_failed=np.int64(2))),
        ("7.2", back(config())),
        ("7.2", back(config(names=("fashion", "tile")))),
        ("7.3", reading()),
        ("7.3", reading(per_second=np.float64(10.0))),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("7.1", opinion(agreement=...), "no answer yet"),
        ("7.1", opinion(agreement=50), "not per cent"),
        ("7.1", opinion(agreement=4), "how many agree"),
        ("7.1", opinion(agreement=5 / 8), "one threshold for both"),
        ("7.1", opinion(agreement=1 / 8), "equal scores"),
        ("7.1", opinion(agreement=0.3), "over the threshold of its version"),
        ("7.1", opinion(newly_failed=...), "no answer yet"),
        ("7.1", opinion(newly_failed=4), "all parts with another verdict"),
        ("7.1", opinion(newly_failed=7), "pass with stable and fail"),
        ("7.1", opinion(pairs=[]), "compare"),
        ("7.1", opinion(thresholds=0.4), "leave them"),
        ("7.2", None, "no answer yet"),
        ("7.2", back(None), "after: found None (no answer yet)"),
        ("7.2", back(PROMOTED), "stable still names version 2"),
        ("7.2", back(config(names=("tile",))), "take fashion away"),
        ("7.2", back(config(names=("fashion",))), "tile is not among them"),
        ("7.2", back(config(names=("tile", "fashion", "third"))), "third was not there before"),
        ("7.2", back(config(policy=VersionPolicy())), "serves [2]"),
        ("7.2", back(config(policy=VersionPolicy(specific=(1,)))), "serves [1]"),
        ("7.2", back(config(policy=VersionPolicy(2))), "another policy"),
        ("7.2", back(config(policy=VersionPolicy(specific=(1, 2)))), "another policy"),
        ("7.2", back(config({})), "labels: found {}"),
        ("7.2", back(config({"stable": 1})), "canary on 2"),
        ("7.2", back(config(folder="/m/tile/1")), "above its versions"),
        ("7.2", back(config(folder="/elsewhere/tile")), "above its versions, /m/tile"),
        ("7.2", back(config(fashion=replace(FASHION, base_path=Path("/nowhere")))), "fashion: base_path /nowhere"),
        ("7.2", back(config(fashion=replace(FASHION, policy=VersionPolicy(None)))), "fashion: another policy"),
        ("7.2", back(config(fashion=replace(FASHION, labels={"stable": 1}))), "fashion: labels: found {'stable': 1}"),
        ("7.2", back("model_config_list { config {"), "not a tensorflow.serving.ModelServerConfig"),
        ("7.2", back(config(), before=None), "before: found None"),
        ("7.2", back(config(), before=""), "leave it as it is"),
        ("7.2", back(config(), before=config(names=("tile",))), "leave it as it is"),
        ("7.3", reading(per_second=...), "no answer yet"),
        ("7.3", reading(per_second=34 / 3), "since the server's start"),
        ("7.3", reading(per_second=30), "number of calls"),
        ("7.3", reading(per_second=0.1), "seconds a call"),
        ("7.3", reading(per_second=32 / 3), "with status OK"),
        ("7.3", reading(milliseconds=2000), "microseconds"),
        ("7.3", reading(milliseconds=0.002), "found seconds"),
        ("7.3", reading(milliseconds=260 / 34), "since the server's start"),
        ("7.3", reading(milliseconds=100), "calls overlap"),
        ("7.3", reading(milliseconds=7), "divide what"),
        ("7.3", reading(after=BEFORE), "no answered call"),
        ("7.3", reading(before="page"), "the reading above"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def test_a_change_in_the_other_direction_is_named() -> None:
    more = [*PAIRS, Pair("9", {"defect": np.array([0.1])}, {"defect": np.array([0.5])}, 0.01, 0.01)]
    wrong = opinion(pairs=more, agreement=4 / 9, newly_failed=2)
    assert "the other way round" in judge("7.1", wrong)[1]
    assert "with another verdict" in judge("7.1", {**wrong, "agreement": 5 / 9})[1]


@given(st.sampled_from(["7.1", "7.2", "7.3"]), weird(OPINION, READING, back(None)))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
