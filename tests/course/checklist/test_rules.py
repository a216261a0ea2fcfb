"""Orders and circles, on any graph of needs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.checklist.rules import first_problem

NUMBERS = range(1, 9)


def plan(number: int, needs: set[int]) -> LessonPlan:
    return LessonPlan(
        id=str(number),
        notebook=f"{number:02d}_lesson",
        title="Lesson",
        needs=tuple(str(need) for need in sorted(needs)),
    )


graphs = st.dictionaries(
    st.sampled_from(NUMBERS), st.sets(st.sampled_from(NUMBERS), max_size=4), min_size=1, max_size=len(NUMBERS)
).map(lambda needs: {number: wanted & set(needs) for number, wanted in needs.items()})


def reaches_itself(needs: dict[int, set[int]], start: int) -> bool:
    met: set[int] = set()
    left = list(needs[start])
    while left:
        number = left.pop()
        if number == start:
            return True
        if number not in met:
            met.add(number)
            left.extend(needs[number])
    return False


@given(graphs)
def test_a_circle_is_found_exactly_when_there_is_one(needs: dict[int, set[int]]) -> None:
    problem = first_problem([plan(number, wanted) for number, wanted in needs.items()], [])
    circular = any(reaches_itself(needs, number) for number in needs)
    assert ("a circle" in (problem or "")) == circular
    if problem and circular:
        path = problem.split("a circle, ")[1].split(" needs ")
        assert path[0] == path[-1]
        assert all(int(after) in needs[int(before)] for before, after in pairwise(path))


@given(graphs)
def test_without_a_circle_some_order_is_accepted(needs: dict[int, set[int]]) -> None:
    if any(reaches_itself(needs, number) for number in needs):
        return
    order: list[int] = []
    while len(order) < len(needs):
        order += [number for number in needs if number not in order and needs[number] <= set(order)]
    assert first_problem([plan(number, needs[number]) for number in order], []) is None
