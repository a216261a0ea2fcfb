"""A check passes where each golden part gets its truth, and its scores are what they were."""

from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.verdict import Verdict
from tests.results.station.made import PLAN, evaluated

LENIENT = CheckPlan(golden="golden", every_hours=8, most_doubtful=1, drift=0.5)


def test_a_check_in_which_each_part_gets_its_truth_passes() -> None:
    check = evaluated({"good": 0.1, "bad": 0.9})
    assert (check.passed, check.why, check.drift, check.compared) == (True, "", None, 0)
    assert [(part.verdict, part.is_wrong) for part in check.parts] == [(Verdict.PASS, False), (Verdict.FAIL, False)]


def test_a_defective_part_that_passes_and_a_good_one_that_fails_are_named() -> None:
    check = evaluated({"good": 0.6, "bad-1": 0.2, "bad-2": 0.3, "bad-3": 0.9})
    assert not check.passed
    assert check.why == "2 defective parts passed: bad-1, bad-2; 1 good part failed: good"


def test_doubtful_parts_are_allowed_as_many_as_the_plan_says() -> None:
    scores: dict[str, float | None] = {"good": 0.1, "bad": 0.45}
    assert evaluated(scores).why == "1 part at REVIEW, where the plan allows 0: bad"
    assert evaluated(scores, plan=LENIENT).passed
    assert not evaluated({"good": None, "bad": 0.45}, plan=LENIENT).passed


def test_scores_are_compared_with_their_means_in_the_last_checks() -> None:
    last = [evaluated({"good": good, "bad": 0.9}) for good in (0.1, 0.2)]
    assert evaluated({"good": 0.24, "bad": 0.9}, *last).passed
    drifted = evaluated({"good": 0.3, "bad": 0.9}, *last)
    assert (round(drifted.drift or 0, 6), drifted.compared) == (0.15, 2)
    assert drifted.why == "scores of 1 part drifted by up to 0.15 from the last checks, where the plan allows 0.1: good"


def test_scores_are_compared_with_those_that_were_recorded() -> None:
    check = evaluated({"good": 0.1, "bad": 0.9}, bad=0.7)
    assert "drifted by up to 0.2 from the recorded scores" in check.why
    assert evaluated({"good": 0.1, "bad": 0.9}, bad=0.85).passed


def test_many_wrong_parts_are_counted_and_some_named() -> None:
    check = evaluated({"good": 0.1, **{f"bad-{number}": 0.1 for number in range(9)}}, plan=PLAN)
    assert check.why == "9 defective parts passed: bad-0, bad-1, bad-2, bad-3, bad-4, ..."
