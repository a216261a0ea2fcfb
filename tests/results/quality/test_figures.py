"""Figures: whether they hold known rates, and that they never say more than was seen.

`pytest --log-cli-level=INFO tests/results/quality/test_figures.py -k held` prints coverage and width.
"""

import logging

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aoi_modules.results.quality.figures import Figure, escape, first_pass_yield, overkill
from aoi_modules.results.quality.intervals import exact_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Rate, Verdict
from tests.results.quality.lines import HARD, PROOF, SOME_STRATA, VERDICTS, Line, prove, strata

LOG = logging.getLogger(__name__)
REPETITIONS = 2000


@pytest.mark.parametrize("line", PROOF, ids=lambda line: line.name)
def test_known_rates_are_held_by_intervals_as_short_as_a_binomial(line: Line) -> None:
    """At least 94% hold the truth, at 1.3 times the width of the exact interval of the effective sample."""
    for name, estimator, truth in (("escape", escape, line.true_escape), ("overkill", overkill, line.overkill)):
        held = prove(line, estimator, truth, repetitions=REPETITIONS)
        LOG.info("%-9s%s", name, held)
        assert held.known == REPETITIONS
        assert held.coverage >= 0.94, held
        assert held.against_binomial <= 1.3, held


@pytest.mark.parametrize("line", HARD, ids=lambda line: line.name)
def test_known_rates_are_held_where_little_is_seen(line: Line) -> None:
    for name, estimator, truth in (("escape", escape, line.true_escape), ("overkill", overkill, line.overkill)):
        held = prove(line, estimator, truth, repetitions=REPETITIONS)
        LOG.info("%-9s%s", name, held)
        assert held.known == REPETITIONS
        assert held.coverage >= 0.94, held


def part_of(verdict: Verdict, population: int, good: int, defective: int, chance: float = 1.0) -> Stratum:
    return Stratum(
        verdict=verdict, chance=chance, population=population, sampled_good=good, sampled_defective=defective
    )


def test_a_known_case() -> None:
    seen = [
        part_of(Verdict.PASS, 48_000, 2395, 5, chance=0.05),
        part_of(Verdict.REVIEW, 1_200, 1_000, 200),
        part_of(Verdict.FAIL, 1_300, 500, 800),
    ]
    found = escape(seen)
    assert found.value == pytest.approx(100 / 1100)
    assert found.counted == pytest.approx(100)
    assert found.of == pytest.approx(1100)
    assert (found.parts, found.sampled, found.asked, found.unknown) == (50_500, 4_900, 0, "")
    assert overkill(seen).value == pytest.approx(500 / (500 + 1_000 + 47_900))


@given(st.lists(st.tuples(st.sampled_from(VERDICTS), st.integers(0, 300), st.integers(0, 300)), min_size=1))
def test_where_all_is_judged_the_figures_are_the_plain_rates(rows: list[tuple[Verdict, int, int]]) -> None:
    seen = [part_of(verdict, good + bad, good, bad) for verdict, good, bad in rows]
    escaped, bad = sum(row[2] for row in rows if row[0] is Verdict.PASS), sum(row[2] for row in rows)
    killed, good = sum(row[1] for row in rows if row[0] is Verdict.FAIL), sum(row[1] for row in rows)
    for found, count, of in ((escape(seen), escaped, bad), (overkill(seen), killed, good)):
        if of:
            assert found.value == pytest.approx(count / of)
            assert found.interval == pytest.approx(exact_interval(count, of), abs=1e-9)
            assert found.effective == pytest.approx(of)
        else:
            assert (found.value, found.interval) == (None, None)
            assert found.unknown


@given(SOME_STRATA, st.integers(2, 5))
def test_a_stratum_that_is_split_in_proportion_changes_nothing(seen: list[Stratum], pieces: int) -> None:
    numbers = ("population", "sampled_good", "sampled_defective", "asked_good", "asked_defective")
    whole = [
        msgspec.structs.replace(stratum, **{name: getattr(stratum, name) * pieces for name in numbers})
        for stratum in seen
    ]
    for estimator in (escape, overkill):
        assert _numbers(estimator(whole)) == pytest.approx(_numbers(estimator(seen * pieces)), rel=1e-6, abs=1e-9)


def _numbers(figure: Figure) -> list[float]:
    """What a figure says, as numbers; -1 for what is unknown."""
    found = (figure.value, *(figure.interval or (None, None)), figure.counted, figure.of, figure.effective)
    return [-1.0 if number is None else number for number in found]


@given(SOME_STRATA, st.data())
def test_one_more_escape_that_is_seen_raises_the_rate_and_its_upper_limit(
    seen: list[Stratum], data: st.DataObject
) -> None:
    choices = [number for number, row in enumerate(seen) if row.verdict is Verdict.PASS and row.sampled_good]
    assume(choices)
    place = data.draw(st.sampled_from(choices))
    row = seen[place]
    worse = msgspec.structs.replace(row, sampled_good=row.sampled_good - 1, sampled_defective=row.sampled_defective + 1)
    value, _, upper, *_ = _numbers(escape([*seen[:place], worse, *seen[place + 1 :]]))
    value_before, _, upper_before, *_ = _numbers(escape(seen))
    assert value >= value_before - 1e-12
    assert upper >= upper_before - 1e-9


@given(SOME_STRATA)
def test_a_figure_has_a_value_or_says_why_not(seen: list[Stratum]) -> None:
    for found in (escape(seen), overkill(seen)):
        assert (found.value is None) == (found.interval is None) == bool(found.unknown)
        assert found.parts == sum(stratum.population for stratum in seen)
        if found.value is not None and found.counted is not None and found.of is not None:
            assert found.value == pytest.approx(found.counted / found.of)


def test_what_nobody_looked_at_is_unknown_and_not_0() -> None:
    seen = [part_of(Verdict.PASS, 812, 0, 0, chance=0), part_of(Verdict.FAIL, 20, 2, 18)]
    for found in (escape(seen), overkill(seen)):
        assert (found.value, found.interval, found.counted, found.of) == (None, None, None, None)
        assert found.unknown == "nothing of 812 parts with PASS at an audit rate of 0 was judged at random"
        assert (found.parts, found.sampled) == (832, 20)


def test_the_largest_unknown_stratum_is_named_and_the_others_are_counted() -> None:
    seen = [
        part_of(Verdict.FAIL, 9, 0, 0),
        part_of(Verdict.REVIEW, 1500, 0, 0),
        part_of(Verdict.PASS, 90, 8, 1, chance=0.1),
        part_of(Verdict.PASS, 3, 0, 0, chance=0.1),
    ]
    expected = "nothing of 1,500 parts with REVIEW at a chance of 1 was judged at random, nor of 12 others"
    assert escape(seen).unknown == expected


def test_what_customers_asked_about_makes_nothing_known_of_the_rest() -> None:
    passed = Stratum(verdict=Verdict.PASS, chance=0, population=812, asked_defective=3)
    assert escape([passed, part_of(Verdict.FAIL, 20, 2, 18)]).value is None


def test_what_customers_asked_about_counts_as_itself() -> None:
    passed = Stratum(verdict=Verdict.PASS, chance=0.1, population=1003, sampled_good=100, asked_defective=3)
    found = escape([passed, part_of(Verdict.FAIL, 27, 0, 27)])
    assert found.value == pytest.approx(3 / 30)
    assert found.of == pytest.approx(30)
    assert found.asked == 3


def test_no_defective_part_leaves_the_escape_rate_open() -> None:
    seen = [part_of(Verdict.PASS, 4000, 1200, 0, chance=0.3), part_of(Verdict.FAIL, 20, 20, 0)]
    found = escape(seen)
    assert (found.value, found.interval) == (None, None)
    assert found.unknown == "no defective part is known among the 1,220 that were judged"
    assert overkill(seen).value == pytest.approx(20 / 4020)


@pytest.mark.parametrize("seen", [[], [part_of(Verdict.PASS, 0, 0, 0)]])
def test_no_parts_give_no_figure(seen: list[Stratum]) -> None:
    assert escape(seen).unknown == overkill(seen).unknown == "no parts were inspected"


def test_a_return_of_what_the_sample_could_not_catch_errs_to_the_bad_side() -> None:
    """100 of 1,000 escapes are in the sample and are not sold; 450 of the other 900 come back."""
    passed = Stratum(
        verdict=Verdict.PASS, chance=0.1, population=100_000, sampled_good=9_900, sampled_defective=100,
        asked_defective=450,
    )  # fmt: skip
    found = escape([passed, part_of(Verdict.FAIL, 9_000, 0, 9_000)])
    assert found.value is not None
    assert 1_000 / 10_000 <= found.value <= (1_000 + 450) / (10_000 + 450)


def test_first_pass_yield_is_a_plain_rate() -> None:
    found = first_pass_yield(95, 100)
    assert (found.value, found.interval, found.of) == (0.95, Rate(95, 100).interval, 100)
    assert first_pass_yield(0, 0).unknown == "no parts were inspected"
    with pytest.raises(ValueError, match="Received: 5"):
        first_pass_yield(5, 4)


def test_a_figure_goes_over_the_wire_and_comes_back() -> None:
    for seen in (strata_of_a_line(), []):
        found = escape(seen)
        assert msgspec.json.decode(msgspec.json.encode(found), type=Figure) == found


def strata_of_a_line() -> list[Stratum]:
    return strata(PROOF[0], np.random.default_rng(0))
