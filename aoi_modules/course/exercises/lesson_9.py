"""Exercises of lesson 9, from a picture to a verdict."""

from collections.abc import Mapping

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import expect_share
from aoi_modules.course.exercises.programs.gateway_image import check_gateway_image
from aoi_modules.course.exercises.programs.gateway_objects import GatewayRoom, check_gateway_objects
from aoi_modules.course.exercises.programs.gateway_task import refuse_other
from aoi_modules.course.exercises.programs.small_gateway import check_gateway, parts_of
from aoi_modules.course.fields import fields
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.study.containers.engine import Engine
from aoi_modules.verdict import Limits, Rate, Verdict, escape_rate, judge_score, overkill_rate

PROBES = {0.2: Verdict.PASS, 0.3: Verdict.REVIEW, 0.5: Verdict.REVIEW, 0.7: Verdict.REVIEW, 0.71: Verdict.FAIL}
NEW_LIMITS = Limits(0.9)


@exercise("9.1")
def doubtful(answer: object) -> str:
    """YAML of a gateway whose head `defect` of `tile` has a review band."""
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the routes as YAML text")
    routes = parse_routes(answer, "your routes")
    if "tile" not in routes.components:
        raise Hint(f"found the components {', '.join(routes.components)}, expected tile")
    route = routes.components["tile"]
    if (route.model, route.upstream) != ("tile", "127.0.0.1:8500"):
        raise Hint(f"found model {route.model!r} at {route.upstream}, expected 'tile' at 127.0.0.1:8500")
    limits = _limits(route.heads)
    for score, expected in PROBES.items():
        found = judge_score(score, limits)
        if found is not expected:
            raise Hint(f"a part with the score {score} would be {found}, expected {expected}{_why(score, limits)}")
    return "doubts go to an operator, clear cases do not"


def _limits(heads: Mapping[str, HeadLimits]) -> Limits:
    """Of the head `defect`, which has to have a threshold and a band of its own."""
    if "defect" not in heads:
        found = f"limits for the head {', '.join(heads)}" if heads else "no limits"
        raise Hint(f"found {found}, expected `heads: {{defect: {{threshold: ..., review_band: [..., ...]}}}}`")
    head = heads["defect"]
    if head.threshold is None and head.review_band is None:
        raise Hint("found the head defect with neither threshold nor review_band, so the model's own limits judge")
    if head.threshold is None:
        raise Hint(
            f"found the review_band {list(head.review_band or ())} without a threshold; the model's own threshold then "
            "says which parts fail, and it need not be 0.7"
        )
    return Limits(head.threshold, head.review_band)


def _why(score: float, limits: Limits) -> str:
    """What makes the typical mistakes judge so."""
    if limits.review_band is None:
        return "; without a review_band no part goes to an operator"
    if score > limits.threshold:
        return f"; it is over the threshold {limits.threshold:g}, and then the review_band is not asked"
    return f"; the review_band is {list(limits.review_band)}, and both ends belong to it"


@exercise("9.2")
def other_threshold(answer: object) -> str:
    """The two rates of the same parts at the threshold 0.9."""
    if not isinstance(answer, dict) or set(answer) != {"scores", "defective", "escape", "overkill"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys scores, defective, escape and overkill")
    verdicts = [judge_score(score, NEW_LIMITS) for score in answer["scores"]]
    expected = {
        "escape": escape_rate(answer["defective"], verdicts),
        "overkill": overkill_rate(answer["defective"], verdicts),
    }
    for name, rate in expected.items():
        expect_share(
            name,
            _plain(answer[name]),
            right=rate.value,
            mistakes=_mistakes(name, rate, len(verdicts)),
            task=f"a share of {rate.total} parts: escapes are counted among the defective, overkill among the good",
        )
    return f"escape {expected['escape']}, overkill {expected['overkill']}"


def _plain(found: object) -> object:
    """The share that a Rate holds; all else as it is."""
    return found.value if isinstance(found, Rate) else found


def _mistakes(name: str, rate: Rate, parts: int) -> list[tuple[float, str]]:
    """What else somebody may have counted."""
    kind_of_parts = "defective parts" if name == "escape" else "good parts"
    return [
        (rate.count / parts, f"the share of all {parts} parts; divide by the {rate.total} {kind_of_parts}"),
        (rate.count, f"the number of parts; divide by the {rate.total} {kind_of_parts}"),
        (1 - rate.value, f"the share of the {kind_of_parts} that were judged rightly; count the others"),
    ]


@exercise("9.3")
def small_gateway(answer: object) -> str:
    """A gateway of the reader's own, run before the lesson's model server."""
    return check_gateway(answer)


@exercise("9.4")
def gateway_image(answer: object) -> str:
    """A Dockerfile of the small gateway."""
    found = fields(answer, ("task", "engine", "server", "routes", "pictures", "dockerfile"))
    engine = found["engine"]
    if engine is not None and not isinstance(engine, Engine):
        raise Hint(f"engine: found {kind(engine)}, expected what the lesson found; leave it as it is")
    task, written = refuse_other(found["task"]), found["dockerfile"]
    server, parts = parts_of(found["server"], found["routes"], found["pictures"])
    written = written.lstrip("\n") if isinstance(written, str) else written
    return check_gateway_image(written, task, engine, server, parts)


@exercise("9.5")
def gateway_file(answer: object) -> str:
    """A Kubernetes file of the small gateway."""
    found = fields(answer, ("task", "cluster", "server", "routes", "pictures", "file"))
    cluster = found["cluster"]
    if cluster is not None and not isinstance(cluster, GatewayRoom):
        raise Hint(f"cluster: found {kind(cluster)}, expected what the lesson found; leave it as it is")
    task = refuse_other(found["task"])
    _, parts = parts_of(found["server"], found["routes"], found["pictures"])
    return check_gateway_objects(found["file"], task, cluster, parts)
