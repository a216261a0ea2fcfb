"""What limits would do that nobody has applied: rates, changed verdicts, and which parts."""

import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.pages.engineers.trial import MOST_NAMED, Wish, trial, wish_of
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality.counting import Kind
from aoi_modules.results.quality.desk import Judged, Scored
from aoi_modules.results.quality.scores import Evidence, LastPart
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Limits, Verdict

PASS, FAIL = Verdict.PASS, Verdict.FAIL
KIND: Kind = ("tile", PASS, 1.0)


def evidence() -> Evidence:
    """Four judged parts, of which two are defective, and 60 of the line."""
    judged = [
        Judged(Scored(PASS, score, PASS), KIND, True, good)
        for score, good in ((0.1, True), (0.2, True), (0.3, False), (0.45, False))
    ]
    strata = {KIND: Stratum(verdict=PASS, chance=1.0, population=4, sampled_good=2, sampled_defective=2)}
    last = [LastPart(f"{number:032x}", f"SN{number}", Scored(PASS, number / 100, PASS)) for number in range(50)]
    last.append(LastPart("f" * 32, None, Scored(Verdict.REVIEW, None, PASS)))
    return Evidence(judged, None, strata, last, Limits(0.5))


def test_a_lower_threshold_catches_what_escaped() -> None:
    found = trial(evidence(), Limits(0.5), Limits(0.25))
    assert [told.value for told in found.now] == ["100%", "0%"]
    assert [told.value for told in found.then] == ["0%", "0%"]
    assert [(change.before, change.after, change.parts) for change in found.changes] == [(PASS, FAIL, 24)]
    assert (found.changed, found.last, len(found.moved)) == (24, 51, MOST_NAMED)
    assert found.moved[0].unit == "SN26"
    assert found.ends[0] <= 0.1 <= 0.5 <= found.ends[1]
    assert found.scores is not None
    assert found.scores.about == "Scores of parts: 2 judged good, 2 judged defective, 50 last parts of the line."


def test_before_anything_is_tried_the_desk_shows_what_holds() -> None:
    found = trial(evidence(), Limits(0.5), None)
    assert (found.then, found.changes, found.moved) == ([], [], [])
    assert found.curve is not None
    assert "in force is 0.5" in found.curve.about


def test_a_line_of_which_nothing_is_known() -> None:
    found = trial(Evidence([], None, {}, [], None), None, Limits(0.5))
    assert (found.curve, found.scores, found.now, found.ends) == (None, None, [], (0.0, 1.0))
    assert [told.known for told in found.then] == [False, False]


def test_what_is_asked_for() -> None:
    wish = wish_of({"component": "tile", "model": "m", "version": "3", "head": "h", "threshold": "0.5", "doubtful": ""})
    assert wish.place == Place(component="tile", model="m", version=3, head="h")
    assert wish.limits == Limits(0.5)
    assert Wish(threshold=0.5, doubtful=0.4).limits == Limits(0.5, (0.4, 0.5))
    assert (Wish(component="tile").place, Wish(doubtful=0.4).limits) == (None, None)


@pytest.mark.parametrize("wrong", [{"threshold": "1.5"}, {"threshold": "nan"}, {"version": "first"}, {"colour": "red"}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadParameter):
        wish_of(wrong)


def test_doubtful_scores_lie_below_the_threshold() -> None:
    with pytest.raises(BadParameter, match=r"doubtful: expected at most the threshold, 0\.5\. Received: '0\.6'"):
        _ = Wish(threshold=0.5, doubtful=0.6).limits
