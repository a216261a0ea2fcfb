"""The checklist as data: its lessons in order, the lessons that are written, and their limits."""

from typing import Any

import pytest

from aoi_modules.course.checklist import curriculum
from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan
from aoi_modules.errors import CourseError

FIRST = LessonPlan(id="1", notebook="01_one", title="First")
SECOND = LessonPlan(id="2a", notebook="02a_two", title="Second", needs=("1",))
THIRD = LessonPlan(id="2b", notebook="02b_two", title="Third", written=False)
CHECKLIST = Curriculum(
    items=(
        Item(id="1", title="One", purpose="P.", phase="A2 to A3", lessons=(FIRST,)),
        Item(id="2", title="Two", purpose="P.", phase="A3 to A4", lessons=(SECOND, THIRD)),
    )
)


def test_lessons_in_the_order_of_the_file() -> None:
    assert [lesson.id for lesson in CHECKLIST.lessons()] == ["1", "2a", "2b"]
    assert [lesson.id for lesson in CHECKLIST.written()] == ["1", "2a"]
    assert CHECKLIST.lesson("2a") == SECOND


def test_what_a_lesson_is_called() -> None:
    assert (SECOND.file_name, SECOND.full_title) == ("02a_two.ipynb", "2a Second")


def test_the_gpu_profile_is_given_more_time() -> None:
    assert FIRST.limits("cpu") == FIRST.limits("ci") == FIRST.timeouts
    assert FIRST.limits("gpu").lesson == FIRST.timeouts.lesson * curriculum.GPU_PATIENCE


@pytest.mark.parametrize(("lesson_id", "words"), [("2b", "not yet written"), ("2c", "is not in"), (7, "is not in")])
def test_asking_for_a_lesson_that_is_not_there(lesson_id: Any, words: str) -> None:
    with pytest.raises(CourseError, match=words) as raised:
        CHECKLIST.lesson(lesson_id)
    assert raised.value.hint == "lessons there are: 1, 2a"
