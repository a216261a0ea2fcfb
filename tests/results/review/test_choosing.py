"""Who is to be judged: all that fails or is doubtful, by its rate what passes, and nothing without a picture."""

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.review.choosing import Choice, choose
from aoi_modules.verdict import Verdict

RATES = st.floats(0, 1)
LUCKS = st.floats(0, 1, exclude_max=True)


@given(RATES, LUCKS)
def test_what_does_not_pass_is_always_judged_if_its_picture_is_kept(audit: float, luck: float) -> None:
    assert choose(Verdict.REVIEW, kept=True, audit=audit, luck=luck) == Choice("doubtful", 1.0)
    assert choose(Verdict.FAIL, kept=True, audit=audit, luck=luck) == Choice("failed", 1.0)
    assert choose(Verdict.FAIL, kept=False, audit=audit, luck=luck) == Choice(None, 0.0)


@given(RATES, LUCKS, st.booleans())
def test_what_passes_is_judged_at_the_rate_and_knows_it(audit: float, luck: float, kept: bool) -> None:
    choice = choose(Verdict.PASS, kept=kept, audit=audit, luck=luck)
    assert choice == Choice("audit" if luck < audit else None, audit)


def test_a_rate_of_one_takes_all_and_of_zero_none() -> None:
    lucks = [number / 100 for number in range(100)]
    taken = {
        rate: sum(choose(Verdict.PASS, kept=False, audit=rate, luck=luck).reason is not None for luck in lucks)
        for rate in (0.0, 0.25, 1.0)
    }
    assert taken == {0.0: 0, 0.25: 25, 1.0: 100}
