"""Exercises of lesson 7, deploying a servable."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.client.rollout.canary import Pair
from aoi_modules.client.rollout.metrics_page import LATENCY, REQUESTS, MetricsPage
from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import expect_count, expect_number, expect_share, number
from aoi_modules.course.exercises.servables.docker_line import check_docker_line
from aoi_modules.course.exercises.servables.kubernetes_file import check_kubernetes_file
from aoi_modules.course.exercises.servables.server_engine import ServerEngine
from aoi_modules.course.exercises.servables.tasks import refuse_other
from aoi_modules.course.fields import fields
from aoi_modules.serving import model_config
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.study.rollout.cluster_room import ClusterRoom

TILE = {"model_name": "tile"}


@exercise("7.1")
def docker_command(answer: object) -> str:
    """A `docker run` command that serves fashion by both protocols, from a folder that it may only read."""
    found = fields(answer, ("task", "engine", "command"))
    engine = found["engine"]
    if engine is not None and not isinstance(engine, ServerEngine):
        raise Hint(f"engine: found {kind(engine)}, expected what the lesson found; leave it as it is")
    return check_docker_line(found["command"], refuse_other(found["task"]), engine)


@exercise("7.2")
def kubernetes_file(answer: object) -> str:
    """A Kubernetes file with a Deployment and a Service for fashion, which keeps to the rules of this project."""
    found = fields(answer, ("task", "cluster", "models", "file"))
    cluster, models = found["cluster"], found["models"]
    if cluster is not None and not isinstance(cluster, ClusterRoom):
        raise Hint(f"cluster: found {kind(cluster)}, expected what the lesson found; leave it as it is")
    if not isinstance(models, Path):
        raise Hint(f"models: found {kind(models)}, expected the lesson's folder; leave it as it is")
    return check_kubernetes_file(found["file"], refuse_other(found["task"]), cluster, models)


@exercise("7.3")
def agreement(answer: object) -> str:
    """Share of the parts with the same verdict of stable and canary, and how many only the canary fails."""
    found = fields(answer, ("pairs", "thresholds", "agreement", "newly_failed"))
    pairs, (first, second) = _pairs(found["pairs"]), _thresholds(found["thresholds"])
    old = [float(pair.stable["defect"][0]) for pair in pairs]
    new = [float(pair.canary["defect"][0]) for pair in pairs]
    fails, fails_now = _fails(old, first), _fails(new, second)
    same = _share(fails, fails_now)
    expect_share(
        "agreement",
        found["agreement"],
        right=same,
        mistakes=[
            (1 - same, "the share of parts with another verdict, expected that with the same"),
            *((_share(_fails(old, one), _fails(new, one)), _ONE_THRESHOLD) for one in (first, second)),
            (same * len(old), "how many agree, expected their share of all pairs"),
            (_share(old, new), "the share of equal scores; scores always differ a little, verdicts matter"),
        ],
        task="a part fails when its score is over the threshold of its version",
    )
    changes = list(zip(fails, fails_now, strict=True))
    right, other_way = changes.count((False, True)), changes.count((True, False))
    expect_count(
        "newly_failed",
        found["newly_failed"],
        right=right,
        mistakes=[
            (other_way, "the parts that failed before and pass now, expected the other way round"),
            (right + other_way, "all parts with another verdict, expected those that only the canary fails"),
        ],
        task="count parts that pass with stable and fail with the canary",
    )
    return f"{same:.0%} get the same verdict; now somebody has to look at the others"


_ONE_THRESHOLD = "one threshold for both; each version brings its own in its manifest"


def _pairs(value: object) -> list[Pair]:
    if not isinstance(value, list) or not value or not all(isinstance(pair, Pair) for pair in value):
        raise Hint(f"pairs: found {kind(value)}, expected the list that compare gave; leave it as it is")
    return value


def _thresholds(value: object) -> tuple[float, float]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise Hint(f"thresholds: found {kind(value)}, expected those of stable and canary; leave them as they are")
    return number("thresholds", value[0]), number("thresholds", value[1])


def _fails(scores: list[float], threshold: float) -> list[bool]:
    return [score > threshold for score in scores]


def _share(one: Sequence[float], other: Sequence[float]) -> float:
    """Of all pairs those with equal values."""
    return sum(left == right for left, right in zip(one, other, strict=True)) / len(one)


@exercise("7.4")
def rollback(answer: object) -> str:
    """The config that lets `stable` name version 1 again, and leaves all else as it was before."""
    found = fields(answer, ("before", "after"))
    before, after = _models("before", found["before"]), _models("after", found["after"])
    if set(before) != {"tile", "fashion"}:
        raise Hint("before: this is the config of the task, with tile and fashion; leave it as it is")
    _refuse_other_models(before, after)
    tile = after["tile"]
    loaded = _served(tile, (1, 2))
    if loaded != [1, 2]:
        raise Hint(
            f"tile: of the versions 1 and 2 this serves {loaded}; a label needs its version loaded, so keep the policy"
        )
    for name, model in before.items():
        _refuse_other_serving(model, after[name])
    _refuse_other_labels(tile)
    return "one label moves, no file is copied, nothing has to load: that is the fastest way back"


def _models(name: str, value: object) -> dict[str, ServedModel]:
    """The models of a config, by name."""
    if not isinstance(value, str):
        raise Hint(
            f"{name}: found {kind(value)}, expected the text of a configuration, as model_config.to_text gives it"
        )
    return {model.name: model for model in model_config.from_message(model_config.parse(value))}


def _refuse_other_models(before: dict[str, ServedModel], after: dict[str, ServedModel]) -> None:
    names = ", ".join(after) or "none"
    if "tile" not in after:
        raise Hint(f"found the models {names}; tile is not among them")
    for name in before:
        if name not in after:
            raise Hint(f"found the models {names}; a config names all models, so the server would take {name} away")
    for name in after:
        if name not in before:
            raise Hint(f"found the models {names}; {name} was not there before, and a roll back adds nothing")


def _refuse_other_serving(before: ServedModel, after: ServedModel) -> None:
    """All of a model's entry but the labels of tile, which have hints of their own."""
    name = before.name
    if after.base_path != before.base_path:
        raise Hint(f"{name}: base_path {after.base_path}, expected the folder above its versions, {before.base_path}")
    if after.policy != before.policy:
        raise Hint(f"{name}: another policy than before would choose otherwise when the next version comes; keep it")
    if name != "tile" and after.labels != before.labels:
        raise Hint(f"{name}: labels: found {dict(after.labels)}, expected {dict(before.labels)}, as before")


def _refuse_other_labels(tile: ServedModel) -> None:
    if tile.labels.get("stable") == 2:
        raise Hint("stable still names version 2, which fails too many good parts; let it name version 1")
    if tile.labels != {"stable": 1, "canary": 2}:
        raise Hint(
            f"labels: found {dict(tile.labels)}, expected stable on 1, and canary on 2, so that it can be examined"
        )


def _served(model: ServedModel, versions: tuple[int, ...]) -> list[int]:
    """Which of these versions a model's policy chooses."""
    with tempfile.TemporaryDirectory() as folder:
        for version in versions:
            (Path(folder) / str(version)).mkdir()
        return sorted(model.policy.aspired(Path(folder)))


@exercise("7.5")
def metrics(answer: object) -> str:
    """Answered calls a second and mean latency between two readings of the metrics page."""
    found = fields(answer, ("before", "after", "seconds", "per_second", "milliseconds"))
    before, after = _page("before", found["before"]), _page("after", found["after"])
    seconds = number("seconds", found["seconds"])
    calls = after.total(REQUESTS, **TILE, status="OK") - before.total(REQUESTS, **TILE, status="OK")
    if calls <= 0 or seconds <= 0:
        raise Hint("before, after: found no answered call between them; run the cells above again")
    _check_rate(found["per_second"], calls, seconds, before, after)
    _check_latency(found["milliseconds"], before, after, seconds)
    return "two readings and a subtraction: that is what Prometheus' rate() does on every dashboard"


def _page(name: str, value: object) -> MetricsPage:
    if not isinstance(value, MetricsPage):
        raise Hint(f"{name}: found {kind(value)}, expected the reading above; leave it as it is")
    return value


def _check_rate(answer: object, calls: float, seconds: float, before: MetricsPage, after: MetricsPage) -> None:
    every_outcome = after.total(REQUESTS, **TILE) - before.total(REQUESTS, **TILE)
    since_start = after.total(REQUESTS, **TILE, status="OK")
    expect_number(
        "per_second",
        answer,
        right=calls / seconds,
        mistakes=[
            (since_start / seconds, "all calls since the server's start; a counter only grows, so subtract `before`"),
            (calls, "the number of calls, expected calls a second"),
            (seconds / calls, "seconds a call, expected calls a second"),
            (every_outcome / seconds, "the calls of every outcome, expected those with the status OK"),
        ],
        task=f"take {REQUESTS} of tile with status OK, after less before, over seconds",
    )


def _check_latency(answer: object, before: MetricsPage, after: MetricsPage, seconds: float) -> None:
    total = after.total(f"{LATENCY}_sum", **TILE) - before.total(f"{LATENCY}_sum", **TILE)
    count = after.total(f"{LATENCY}_count", **TILE) - before.total(f"{LATENCY}_count", **TILE)
    right = total / count / 1000
    since_start = after.total(f"{LATENCY}_sum", **TILE) / after.total(f"{LATENCY}_count", **TILE) / 1000
    expect_number(
        "milliseconds",
        answer,
        right=right,
        mistakes=[
            (1000 * right, "microseconds, which is what the page counts in; a millisecond has a thousand"),
            (right / 1000, "seconds"),
            (since_start, "the mean since the server's start; subtract `before` from sum and count first"),
            (1000 * seconds / count, "the time between two answers; clients ask at once, so calls overlap"),
        ],
        task=f"divide what {LATENCY}_sum grew by what {LATENCY}_count grew",
    )
