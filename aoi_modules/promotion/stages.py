"""The two stages of a promotion: to canary by what can be tried beside the line, to stable by what the line saw."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aoi_modules.errors import NotAPicture
from aoi_modules.gateway.routes import Route
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.reference import Reference, drift
from aoi_modules.pictures.quality import measure_file
from aoi_modules.promotion import offline_rules, station_rules
from aoi_modules.promotion.contenders import described
from aoi_modules.promotion.contest import CANARY, Contest
from aoi_modules.promotion.findings import Finding, unknown
from aoi_modules.promotion.gate import Gate, Station
from aoi_modules.promotion.gathering import Evidence
from aoi_modules.promotion.held_out import Asked, compare
from aoi_modules.promotion.origin import origin
from aoi_modules.promotion.trial import Trial
from aoi_modules.results.evidence.comparing import Contender, Found


def contenders_of(route: Route, contest: Contest) -> list[Contender]:
    """Both as results know them; the candidate comes last."""
    return [described(route, one.number, one.manifest) for one in contest.entrants]


def before_canary(
    route: Route, contest: Contest, gate: Gate, evidence: Evidence, base_path: Path, trusted: Sequence[str] | None
) -> tuple[Finding, ...]:
    """Tries the candidate beside the version in service.

    Args:
        route: of the component.
        contest: the two.
        gate: with the rules.
        evidence: of the line.
        base_path: folder with both versions.
        trusted: names of the keys whose signatures are believed; None where nobody said it.

    Raises:
        AoiError: one of the two cannot be asked.
    """
    with Trial(contest.model, base_path, (contest.incumbent.number, contest.candidate.number)) as trial:
        return tuple(_offline(route, contest, gate, evidence, trial, trusted))


def before_stable(found: Found, failed: int | None, gate: Station) -> tuple[Finding, ...]:
    """Looks at what the candidate did at the line.

    Args:
        found: by comparing both at the line.
        failed: inspections that it could not answer; None where nobody was asked.
        gate: with the rules.
    """
    rules = (
        station_rules.judged(found, gate),
        station_rules.escape(found),
        station_rules.overkill(found),
        station_rules.failures(failed, gate),
        station_rules.limits(found),
    )
    return tuple(one for one in rules if one is not None)


def _offline(
    route: Route, contest: Contest, gate: Gate, evidence: Evidence, trial: Trial, trusted: Sequence[str] | None
) -> Iterator[Finding]:
    incumbent, candidate = contest.incumbent, contest.candidate
    yield origin(contenders_of(route, contest), evidence.key, evidence.held_out)
    if gate.signed:
        yield offline_rules.signed(trusted)
    compared = compare(_asked(route, contest, evidence, trial), evidence.line)
    yield offline_rules.escape(compared, gate.held_out)
    yield offline_rules.overkill(compared, gate.held_out)
    if gate.parity is not None:
        yield offline_rules.parity(trial.parity(candidate.manifest, gate.parity), gate.parity)
    if gate.size is not None:
        yield offline_rules.size(candidate.version.size, incumbent.version.size, gate.size)
    if gate.latency is not None:
        yield _latency(contest, gate, evidence, trial)
    if gate.drift is not None:
        present = _present(evidence.files)
        pictures = 0 if present is None else present.pictures
        yield offline_rules.drift(drift(present, candidate.manifest.reference), pictures, gate.drift)


def _asked(route: Route, contest: Contest, evidence: Evidence, trial: Trial) -> list[Asked]:
    """Asks both about each judged part."""
    answers = [
        trial.verdicts(one.manifest, evidence.files, {**limits, **evidence.limits.get(one.number, {})})
        for one, limits in zip(contest.entrants, _routed(route, contest), strict=True)
    ]
    return [
        Asked(
            kind=(part.verdict, part.chance),
            sampled=part.sampled,
            good=part.good,
            incumbent=incumbent,
            candidate=candidate,
        )
        for part, incumbent, candidate in zip(evidence.parts, *answers, strict=True)
    ]


def _routed(route: Route, contest: Contest) -> tuple[Mapping[str, HeadLimits], Mapping[str, HeadLimits]]:
    """The limits that the routes say for both: those of the route are not about a canary."""
    candidate = contest.candidate.number
    ways = [route.variant(one) for one in (route.canary, route.shadow) if one is not None]
    named = [way for way in ways if way.model == route.model and (way.label == CANARY or way.version == candidate)]
    return route.limits_of(contest.incumbent.number), named[0].limits_of(candidate) if named else {}


def _latency(contest: Contest, gate: Gate, evidence: Evidence, trial: Trial) -> Finding:
    if gate.latency is None or not evidence.files:
        return unknown("latency", bound="a ratio", why="there is no judged picture to ask about")
    ratio = trial.latency(
        contest.incumbent.number,
        contest.candidate.number,
        evidence.files[0].read_bytes(),
        rounds=gate.latency.rounds,
        calls=gate.latency.calls,
    )
    return offline_rules.latency(ratio, gate.latency)


def _present(files: Sequence[Path]) -> Reference | None:
    """What the line's pictures are like."""
    measured = []
    for file in files:
        try:
            measured.append(measure_file(file.read_bytes()))
        except NotAPicture:
            continue  # a damaged one says nothing about light and lens
    return Reference.of(measured)
