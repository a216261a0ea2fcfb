"""Pages of executed notebooks: nothing is loaded from elsewhere, links between lessons stay links."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from aoi_modules.course.reporting.pages import offline, page_path, write_page
from aoi_modules.course.running.outcome import Outcome


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>a</p><script>alert(1)</script><p>b</p>", "<p>a</p><p>b</p>"),
        ('<SCRIPT src="https://x/y.js">\n</SCRIPT>z', "z"),
        ('<iframe src="//x"></iframe>z', "z"),
        ("<script>alert(1)<p>never closed</p>", "alert(1)<p>never closed</p>"),
        ('<embed src="x.swf">z', "z"),
        ('<link rel="stylesheet" href="https://x/y.css">z', "z"),
        ('<img src="https://x/y.png">z', "z"),
        ("<img src='//x/y.png'>z", "z"),
        ('<img src="data:image/png;base64,AA=="/>z', '<img src="data:image/png;base64,AA=="/>z'),
        ('<a href="https://x/paper">z</a>', '<a href="https://x/paper">z</a>'),
        ('<a href="02_two.ipynb">z</a>', '<a href="02_two.html">z</a>'),
        ('<a href="02_two.ipynb#part">z</a>', '<a href="02_two.html#part">z</a>'),
        ('<a href="https://x/02_two.ipynb">z</a>', '<a href="https://x/02_two.ipynb">z</a>'),
    ],
)
def test_what_stays_of_html(html: str, kept: str) -> None:
    assert offline(html) == kept


def written(course: Any, *, status: Any = "passed", text: str | None = None) -> str:
    """The page of lesson 2 of 3, as text."""
    for number in (1, 2, 3):
        course.lesson(str(number))
    executed = course.folder / "report" / "02_lesson.ipynb"
    executed.parent.mkdir()
    code = new_code_cell("1 / 0", execution_count=1)
    code.outputs = [new_output("stream", text="a < b\n"), new_output("stream", text="second\n")]
    trial = new_code_cell("stub_on_trial", metadata={"tags": ["trial"]})
    nbformat.write(
        new_notebook(cells=[new_markdown_cell("# 2 Lesson 2\n\nAn escape, `epoch`."), code, trial]), executed
    )
    if text is not None:
        executed.write_text(text)
    plan = course.curriculum.lesson("2")
    outcome = Outcome(plan=plan, status=status, seconds=3.21, reason="" if status == "passed" else "no & never")
    path = write_page(executed, outcome, course.curriculum, "ci", course.folder / "notebooks")
    assert path == page_path(executed) == executed.with_suffix(".html")
    return path.read_text()


def test_words_lead_to_the_glossary(small_course: Any) -> None:
    page = written(small_course)
    assert '<a class="word" href="../../glossary.html#word-escape" title="A defective part' in page
    assert page.count('class="word"') == 1
    assert "a.word {" in page


def test_a_page_shows_the_cells_and_leads_on(small_course: Any) -> None:
    page = written(small_course)
    assert "a &lt; b\nsecond" in page, "one box for both prints"
    assert "3.2 s" in page
    assert 'href="01_lesson.html" rel="prev"' in page
    assert 'href="03_lesson.html" rel="next"' in page
    assert "stub_on_trial" not in page


def test_a_failed_lesson_shows_its_reason_and_the_trials(small_course: Any) -> None:
    page = written(small_course, status="failed")
    assert "no &amp; never" in page
    assert "stub_on_trial" in page


def test_half_a_notebook_gets_a_page_that_says_so(small_course: Any) -> None:
    assert "not a notebook of nbformat 4" in written(small_course, status="failed", text="{")


def test_the_page_lies_beside_the_notebook() -> None:
    assert page_path(Path("report/notebooks/ci/05a_x.ipynb")) == Path("report/notebooks/ci/05a_x.html")
