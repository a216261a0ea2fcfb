"""Two models that each saw parts of their own."""

import pytest

from aoi_modules.results.evidence.apart import decide_apart
from aoi_modules.results.evidence.decision import Margins
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

MARGINS = Margins(escape=0.1, overkill=0.05)


def strata(passed: tuple[int, int], failed: tuple[int, int], audited: float = 1.0) -> list[Stratum]:
    """Good and defective parts that passed, and that failed."""
    return [
        Stratum(
            verdict=verdict,
            chance=audited if verdict is Verdict.PASS else 1.0,
            population=round(sum(judged) / (audited if verdict is Verdict.PASS else 1.0)),
            sampled_good=judged[0],
            sampled_defective=judged[1],
        )
        for verdict, judged in ((Verdict.PASS, passed), (Verdict.FAIL, failed))
    ]


def test_fewer_escapes_with_as_few_overkills_are_promoted() -> None:
    outcome, escape, overkill = decide_apart(strata((2000, 90), (5, 210)), strata((2000, 3), (5, 300)), MARGINS)
    assert (outcome, escape.fewer) == ("promote", True)
    assert (escape.candidate, escape.among, escape.incumbent, escape.incumbent_among) == (3, 303, 90, 300)
    assert overkill.state == "no worse"


def test_more_escapes_are_not() -> None:
    outcome, escape, _ = decide_apart(strata((2000, 3), (5, 300)), strata((2000, 150), (5, 150)), MARGINS)
    assert (outcome, escape.fewer, escape.state) == ("keep", False, "worse")


def test_parts_that_stand_for_many_are_one_piece_of_evidence() -> None:
    few = strata((100, 4), (5, 40), audited=0.02)
    outcome, escape, _ = decide_apart(few, few, MARGINS)
    assert outcome == "not enough evidence"
    assert escape.candidate == pytest.approx(200)


def test_what_nobody_judged_is_not_known() -> None:
    unseen = [Stratum(verdict=Verdict.PASS, chance=0.0, population=1000)]
    outcome, escape, _ = decide_apart(strata((2000, 3), (5, 300)), unseen, MARGINS)
    assert (outcome, escape.candidate, escape.unjudged) == ("not enough evidence", None, 1000)
