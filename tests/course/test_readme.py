"""README's table: made between its markers, and found stale when the checklist moved on."""

from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course import readme
from aoi_modules.errors import CourseError

TEXT = f"# Title\n\n{readme.BEGIN}\nold\n{readme.END}\n\nEnd | of text\n"


def test_only_the_text_between_the_markers_changes(small_course: Any, tmp_path: Path) -> None:
    small_course.lesson("1", title="With | a bar")
    small_course.lessons.append({"id": "2", "notebook": "02_x", "title": "X", "written": False})
    small_course.lesson("3")
    page = tmp_path / "README.md"
    page.write_text(TEXT)
    assert readme.refresh(page, small_course.curriculum)
    text = page.read_text()
    assert text.startswith("# Title\n\n<!-- checklist:begin -->\n| | Item")
    assert text.endswith("|\n<!-- checklist:end -->\n\nEnd | of text\n")
    assert r"[1 With \| a bar](notebooks/01_lesson.ipynb)<br>2 X (not yet written)<br>[3 Lesson 3]" in text
    assert not readme.refresh(page, small_course.curriculum)
    readme.refuse_stale(page, small_course.curriculum)
    small_course.lesson("4")
    with pytest.raises(CourseError, match=r"differs from curriculum.yml") as raised:
        readme.refuse_stale(page, small_course.curriculum)
    assert raised.value.hint == "aoi course readme"


@pytest.mark.parametrize("text", ["", readme.BEGIN, f"{readme.END}{readme.BEGIN}", TEXT + TEXT])
def test_markers_that_are_not_right_change_nothing(small_course: Any, tmp_path: Path, text: str) -> None:
    small_course.lesson("1")
    page = tmp_path / "README.md"
    page.write_text(text)
    with pytest.raises(CourseError, match="expected the markers"):
        readme.refresh(page, small_course.curriculum)
    assert page.read_text() == text


def test_a_missing_file_is_named(small_course: Any, tmp_path: Path) -> None:
    small_course.lesson("1")
    with pytest.raises(CourseError, match=r"gone.md: no such file"):
        readme.refresh(tmp_path / "gone.md", small_course.curriculum)
