"""Each rule before the line: what passes, what fails, and what nobody knows."""

import math

import pytest

from aoi_modules.client.measuring.parity import Comparison, Parity
from aoi_modules.modelstore.reference import Drift
from aoi_modules.promotion import offline_rules
from aoi_modules.promotion.findings import Finding, State
from aoi_modules.promotion.gate import HeldOut, Latency, Size
from aoi_modules.promotion.held_out import Asked, Compared, compare
from aoi_modules.promotion.timing import Ratio
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

PASS, REVIEW, FAIL = Verdict
KIND = (FAIL, 1.0)
LINE = {KIND: Stratum(verdict=FAIL, chance=1.0, population=400, sampled_defective=400)}
GATE = HeldOut(escape=0.05, overkill=0.05, least=30)


def asked(*groups: tuple[int, Verdict, Verdict], good: bool = False) -> Compared:
    """So many parts with a verdict of the version in service and one of the candidate."""
    parts = [
        Asked(kind=KIND, sampled=True, good=good, incumbent=incumbent, candidate=candidate)
        for count, incumbent, candidate in groups
        for _ in range(count)
    ]
    return compare(parts, LINE)


@pytest.mark.parametrize(
    ("compared", "state"),
    [
        (asked((200, FAIL, FAIL)), "passed"),
        (asked((200, FAIL, FAIL), (20, PASS, FAIL)), "passed"),
        (asked((100, FAIL, FAIL), (100, FAIL, PASS)), "failed"),
        (asked((35, FAIL, FAIL)), "unknown"),
        (asked((29, FAIL, FAIL)), "unknown"),
        (asked((200, FAIL, FAIL), good=True), "unknown"),
    ],
)
def test_escapes_are_held_against_the_version_in_service(compared: Compared, state: State) -> None:
    assert offline_rules.escape(compared, GATE).state == state


def test_figures_and_why_are_said() -> None:
    found = offline_rules.escape(asked((180, FAIL, FAIL), (15, FAIL, PASS), (5, PASS, PASS)), GATE)
    assert found.figure == "worse by +2.4% to +12.1%"
    assert found.bound == "worse by at most 5.0%"
    assert found.why.startswith(
        "of 200 judged defective parts the candidate alone lets pass 15, the version in service alone 0; weighted, the"
        " candidate lets pass 10.0% (95%: "
    )
    assert offline_rules.escape(asked((29, FAIL, FAIL)), GATE).figure == "29 defective parts"


def test_overkill_is_of_good_parts() -> None:
    assert offline_rules.overkill(asked((200, PASS, PASS), good=True), GATE).state == "passed"
    assert offline_rules.overkill(asked((100, PASS, PASS), (100, PASS, FAIL), good=True), GATE).state == "failed"
    assert offline_rules.overkill(asked((100, PASS, PASS), (100, PASS, REVIEW), good=True), GATE).state == "passed"


def test_what_nobody_judged_at_random_is_unknown_whatever_the_rest_says() -> None:
    line = {**LINE, (PASS, 0.0): Stratum(verdict=PASS, chance=0.0, population=700)}
    parts = [Asked(kind=KIND, sampled=True, good=False, incumbent=FAIL, candidate=FAIL)] * 200
    found = offline_rules.escape(compare(parts, line), GATE)
    assert found.state == "unknown"
    assert found.why.startswith("700 parts are of a kind of which nobody judged any at random: set `audit`")


def parity(*differences: float | None, error: str = "") -> Finding:
    rows = tuple(
        Comparison(way="gRPC", head="h", against="source", pictures=8, difference=one, agrees=True, error=error)
        for one in differences
    )
    return offline_rules.parity(
        Parity(component="tile", version=4, tolerance=1e-4, agrees=True, comparisons=rows), 1e-4
    )


def test_parity_takes_the_greatest_difference() -> None:
    assert parity(1e-6, 9e-5).state == "passed"
    assert parity(1e-6, 2e-4).state == "failed"
    assert parity(1e-6, None).state == "failed", "a score that is no number agrees with none"
    assert parity(None, error="nobody there").state == "unknown"
    assert parity().state == "unknown"


@pytest.mark.parametrize(
    ("candidate", "incumbent", "state"), [(200, 100, "passed"), (201, 100, "failed"), (5, 0, "unknown")]
)
def test_size_is_a_ratio(candidate: int, incumbent: int, state: State) -> None:
    assert offline_rules.size(candidate, incumbent, Size(ratio=2.0)).state == state


@pytest.mark.parametrize(
    ("interval", "state"),
    [((1.0, 1.4), "passed"), ((1.4, 1.6), "unknown"), ((1.6, 2.0), "failed"), (None, "unknown")],
)
def test_latency_is_an_interval(interval: tuple[float, float] | None, state: State) -> None:
    ratio = Ratio(median=1.5, interval=interval, candidate_ms=3.0, incumbent_ms=2.0)
    found = offline_rules.latency(ratio, Latency(ratio=1.5))
    assert found.state == state
    assert "medians 3.0 ms and 2.0 ms" in found.why


@pytest.mark.parametrize(
    ("drift", "state"),
    [
        (Drift(brightness=-2.9, sharpness=1.0), "passed"),
        (Drift(brightness=0.0, sharpness=-3.5), "failed"),
        (Drift(brightness=math.nan, sharpness=math.nan), "unknown"),
        (None, "unknown"),
    ],
)
def test_drift_is_the_greater_of_both(drift: Drift | None, state: State) -> None:
    assert offline_rules.drift(drift, 40, 3.0).state == state


def test_a_signature_needs_to_be_asked_for_by_a_key() -> None:
    assert offline_rules.signed(["release.pem.pub"]).state == "passed"
    assert offline_rules.signed(None).state == "unknown"


def test_a_share_is_said_with_its_interval() -> None:
    escape = asked((30, FAIL, FAIL)).escape
    assert escape is not None
    assert offline_rules.in_words(escape.candidate) == "0.0% (95%: 0.0% to 11.6%)"
