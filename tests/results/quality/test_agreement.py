"""Attribute gauge studies: judges that are perfect, steady, torn, or blind."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import DataError
from aoi_modules.results.quality.agreement import Judge, ShownPart, Study, bound_of_no_misses, study
from aoi_modules.results.quality.intervals import exact_interval
from aoi_modules.verdict import Verdict

GOOD, BAD, OPEN = Verdict.PASS, Verdict.FAIL, Verdict.REVIEW


def parts(defective: bool, number: int, *calls: Verdict, judge: str = "station") -> list[ShownPart]:
    return [
        ShownPart(part=f"{defective} {calls} {place}", defective=defective, calls={judge: calls})
        for place in range(number)
    ]


def only(shown: Sequence[ShownPart]) -> Judge:
    (judge,) = study(shown).judges
    return judge


def test_a_known_study() -> None:
    shown = [
        *parts(True, 16, BAD, BAD, BAD),
        *parts(True, 2, BAD, GOOD, GOOD),
        *parts(True, 2, OPEN, OPEN, OPEN),
        *parts(False, 27, GOOD, GOOD, GOOD),
        *parts(False, 3, GOOD, GOOD, BAD),
    ]
    found = study(shown)
    assert (found.parts, found.defective, found.trials, found.kappa_between) == (50, 20, 3, None)
    (judge,) = found.judges
    assert (judge.repeatability.count, judge.repeatability.total) == (45, 50)
    assert (judge.agreement.count, judge.agreement.total) == (43, 50)
    assert judge.agreement.interval == exact_interval(43, 50)
    assert (judge.misses.count, judge.misses.total, judge.misses.value) == pytest.approx((4, 60, 4 / 60))
    assert (judge.false_alarms.count, judge.false_alarms.total) == (3, 90)
    # 2 of 20 parts missed in two of three trials, and 3 of 30 failed in one
    assert judge.misses.interval == pytest.approx(exact_interval(4 / 3, 20))
    assert judge.false_alarms.interval == pytest.approx(exact_interval(1, 30))


def test_to_show_a_part_again_proves_nothing_new() -> None:
    def judged(trials: int) -> Judge:
        return only([*parts(True, 30, *[BAD] * trials), *parts(False, 30, *[GOOD] * trials)])

    assert judged(2).misses.interval == judged(20).misses.interval == exact_interval(0, 30)
    assert judged(2).kappa_reference == judged(20).kappa_reference


def test_a_perfect_judge() -> None:
    judge = only([*parts(True, 10, BAD, BAD), *parts(False, 10, GOOD, GOOD)])
    assert judge.repeatability.value == judge.agreement.value == judge.kappa_within.value == 1
    assert judge.kappa_reference.value == 1
    assert judge.misses.value == judge.false_alarms.value == 0


def test_a_steady_judge_may_be_wrong() -> None:
    judge = only([*parts(True, 10, GOOD, GOOD), *parts(False, 10, BAD, BAD)])
    assert judge.repeatability.value == judge.kappa_within.value == 1
    assert judge.agreement.value == 0
    assert judge.kappa_reference.value == -1
    assert judge.misses.value == judge.false_alarms.value == 1


def test_who_says_the_same_of_all_agrees_by_chance_alone() -> None:
    judge = only([*parts(True, 10, GOOD, GOOD), *parts(False, 10, GOOD, GOOD)])
    assert judge.kappa_reference.value == pytest.approx(0)
    assert judge.kappa_within.value is None


def test_review_is_neither_a_miss_nor_a_false_alarm_nor_right() -> None:
    judge = only([*parts(True, 10, OPEN, OPEN), *parts(False, 10, OPEN, OPEN)])
    assert judge.misses.value == judge.false_alarms.value == judge.agreement.value == 0


def test_judges_are_compared_with_each_other() -> None:
    def shown(second_on_bad: Verdict) -> list[ShownPart]:
        return [
            ShownPart(
                part=str(number), defective=number < 10,
                calls={"anna": (BAD, BAD) if number < 10 else (GOOD, GOOD),
                       "boris": (second_on_bad, second_on_bad) if number < 10 else (GOOD, GOOD)},
            )
            for number in range(20)
        ]  # fmt: skip

    same, other = study(shown(BAD)), study(shown(GOOD))
    assert [judge.name for judge in same.judges] == ["anna", "boris"]
    assert same.kappa_between is not None
    assert same.kappa_between.value == 1
    assert other.kappa_between is not None
    assert other.kappa_between.value is not None
    assert other.kappa_between.value < 0.6


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], "expected good and defective parts. Received: none"),
        (parts(True, 3, BAD, BAD), "expected good and defective parts. Received: 3, all defective"),
        (parts(False, 3, BAD, BAD), "Received: 3, all good"),
        ([*parts(True, 1, BAD), *parts(False, 1, GOOD)], "expected at least two calls"),
        ([*parts(True, 1, BAD, BAD), *parts(False, 1, GOOD)], "expected calls as of part"),
        ([*parts(True, 1, BAD, BAD), *parts(False, 1, GOOD, GOOD, judge="anna")], "expected calls as of part"),
        ([*parts(True, 1, BAD, BAD), *parts(False, 1, GOOD, GOOD) * 2], "expected once in the study"),
        (
            [ShownPart(part="a", defective=True, calls={}), ShownPart(part="b", defective=False, calls={})],
            "expected at least two calls",
        ),
    ],
)
def test_what_is_no_study_is_refused(shown: list[ShownPart], said: str) -> None:
    with pytest.raises(DataError, match=said):
        study(shown)


def test_a_study_goes_over_the_wire_and_comes_back() -> None:
    shown = [*parts(True, 3, BAD, OPEN), *parts(False, 4, GOOD, BAD)]
    assert msgspec.json.decode(msgspec.json.encode(shown), type=list[ShownPart]) == shown
    found = study(shown)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Study) == found


@pytest.mark.parametrize(("number", "bound"), [(1, 0.95), (10, 0.2589), (59, 0.0495), (300, 0.009936)])
def test_zero_misses_leave_a_bound(number: int, bound: float) -> None:
    assert bound_of_no_misses(number) == pytest.approx(bound, abs=5e-5)


@given(st.integers(1, 10**9))
def test_at_the_bound_none_is_missed_with_chance_5_in_100_and_it_is_just_below_three_in_n(number: int) -> None:
    bound = bound_of_no_misses(number)
    assert (1 - bound) ** number == pytest.approx(0.05, rel=1e-5)
    assert 0 < bound < 3 / number
    assert bound_of_no_misses(number + 1) < bound
    if number >= 30:
        assert bound > 2.8 / number


def test_no_part_proves_nothing() -> None:
    with pytest.raises(ValueError, match="Received: 0"):
        bound_of_no_misses(0)
