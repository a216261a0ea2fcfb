"""Each lesson after those that it needs, the most wanted first, and what measures speed by itself."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course import material
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.schedule import BESIDE, jobs_for, next_lesson, slowdown

GIB = 1 << 30


def plan(lesson_id: str, *needs: str, alone: bool = False) -> LessonPlan:
    return LessonPlan(id=lesson_id, notebook=f"{lesson_id}_x", title="x", needs=needs, alone=alone)


COURSE = (plan("1"), plan("2"), plan("3", "2"), plan("4", "3", alone=True), plan("5", alone=True))


def order(plans: Sequence[LessonPlan], jobs: int) -> list[list[str]]:
    """The ids at work after each start, where the lesson that began first is the first to end."""
    waiting, at_work, shown = list(plans), list[LessonPlan](), []
    while waiting or at_work:
        while (chosen := next_lesson(waiting, at_work, jobs)) is not None:
            waiting.remove(chosen)
            at_work.append(chosen)
            shown.append([one.id for one in at_work])
        at_work = at_work[1:]
    return shown


def test_one_lesson_at_a_time_keeps_the_order_of_the_course() -> None:
    assert order(COURSE, jobs=1) == [["1"], ["2"], ["3"], ["4"], ["5"]]


def test_of_several_the_most_wanted_come_first_and_speed_is_measured_alone() -> None:
    assert order(COURSE, jobs=2) == [["2"], ["2", "1"], ["1", "3"], ["4"], ["5"]]


def test_what_a_lesson_needs_and_this_run_leaves_out_holds_nothing_up() -> None:
    assert order([plan("3", "2")], jobs=2) == [["3"]]


@st.composite
def courses(draw: st.DrawFn) -> list[LessonPlan]:
    names = [str(number) for number in range(draw(st.integers(1, 8)))]
    needs = [draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else [] for at in range(len(names))]
    return [plan(name, *wanted, alone=draw(st.booleans())) for name, wanted in zip(names, needs, strict=True)]


@given(courses(), st.integers(1, 4))
def test_every_lesson_runs_once_after_its_needs_and_alone_if_it_has_to(plans: list[LessonPlan], jobs: int) -> None:
    shown, begun = order(plans, jobs), list[str]()
    by_id = {one.id: one for one in plans}
    for at_work in shown:
        assert len(at_work) <= jobs
        assert len(at_work) == 1 or not any(by_id[name].alone for name in at_work)
        begun.append(at_work[-1])
        assert not set(at_work) & {need for name in at_work for need in by_id[name].needs}
        assert set(by_id[at_work[-1]].needs) <= set(begun)
    assert sorted(begun) == sorted(by_id)


@pytest.mark.parametrize(
    ("profile", "cores", "memory", "jobs"),
    [
        ("cpu", 1, 64, 1),
        ("cpu", 2, 8, 2),
        ("ci", 4, 64, 2),
        ("cpu", 8, 64, 4),
        ("cpu", 64, 64, 4),
        ("cpu", 2, 4, 1),
        ("cpu", 2, 1, 1),
        ("gpu", 64, 64, 1),
    ],
)
def test_lessons_at_a_time(profile: str, cores: int, memory: int, jobs: int) -> None:
    assert jobs_for(profile, cores, memory * GIB) == jobs


def test_lessons_slow_each_other_down_only_where_cores_are_few() -> None:
    assert slowdown(plan("1"), jobs=2, cores=2) == BESIDE
    assert slowdown(plan("1"), jobs=2, cores=4) == 1.0
    assert slowdown(plan("1"), jobs=1, cores=1) == 1.0
    assert slowdown(plan("1", alone=True), jobs=2, cores=2) == 1.0


def test_the_lessons_about_servers_measure_speed() -> None:
    assert {one.id for one in material.curriculum().written() if one.alone} == {"7", "8", "9", "9a"}
