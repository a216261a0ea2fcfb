"""README's tables: made between their markers, and found stale when the checklist or the settings moved on."""

from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course import readme
from aoi_modules.course.checklist import reading
from aoi_modules.errors import CourseError

BEGIN, END = "<!-- checklist:begin -->", "<!-- checklist:end -->"
TEXT = f"# Title\n\n{BEGIN}\nold\n{END}\n\nEnd | of text\n"
SETTINGS = "<!-- settings:begin -->\n<!-- settings:end -->\n"
ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize(
    "text", ["", BEGIN, f"{END}{BEGIN}", TEXT + TEXT, SETTINGS + SETTINGS, TEXT + "<!-- settings:end -->"]
)
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


def test_the_settings_stand_in_a_table_of_their_own(small_course: Any, tmp_path: Path) -> None:
    small_course.lesson("1")
    page = tmp_path / "README.md"
    page.write_text(TEXT + SETTINGS)
    assert readme.refresh(page, small_course.curriculum)
    text = page.read_text()
    assert "[1 Lesson 1](notebooks/01_lesson.ipynb)" in text
    assert "| `AOI_DATA_DIR` | `data_dir` | path | none | a mirror of the data sets" in text
    assert "| `AOI_COURSE_DIR` |  | path | " in text
    readme.refuse_stale(page, small_course.curriculum)
    page.write_text(text.replace("AOI_DATA_DIR", "AOI_OTHER"))
    with pytest.raises(CourseError, match=r"its table of settings differs from aoi_modules/settings\.py"):
        readme.refuse_stale(page, small_course.curriculum)


def test_our_readme_has_both_tables() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for part in readme.parts(reading.load(ROOT / "curriculum.yml")):
        assert f"{part.begin}\n{part.table}\n{part.end}" in text, f"aoi course readme writes the {part.what}"
