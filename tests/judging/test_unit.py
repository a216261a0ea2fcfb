"""The verdict of a unit, from the results of its pictures."""

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.judging.unit import PositionResult, judge_unit
from aoi_modules.verdict import Verdict

RESULTS = st.builds(
    PositionResult, position=st.sampled_from("abcd"), component=st.just("tile"), verdict=st.sampled_from(Verdict)
)


@given(results=st.lists(RESULTS, min_size=1), required=st.sets(st.sampled_from("abcd")))
def test_a_fail_outweighs_a_doubt_and_a_doubt_a_pass(results: list[PositionResult], required: set[str]) -> None:
    found = judge_unit("SN1", results, product="motor", required=required)
    verdicts = {result.verdict for result in results}
    assert found.missing == tuple(sorted(required - {result.position for result in results}))
    if Verdict.FAIL in verdicts:
        assert found.verdict is Verdict.FAIL
    elif Verdict.REVIEW in verdicts or found.missing:
        assert found.verdict is Verdict.REVIEW
    else:
        assert found.verdict is Verdict.PASS


def test_what_led_to_it_is_kept_in_order() -> None:
    results = [PositionResult(position=name, component="tile", verdict=Verdict.PASS) for name in "ba"]
    found = judge_unit("SN1", results)
    assert (found.unit, found.product, found.positions, found.missing) == ("SN1", None, tuple(results), ())


def test_a_unit_of_which_nothing_is_known_is_looked_at() -> None:
    assert judge_unit("SN1", []).verdict is Verdict.REVIEW
