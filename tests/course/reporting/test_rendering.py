"""The report's templates: filled in, escaped, and loud about what is missing."""

import jinja2
import pytest
from markupsafe import Markup

from aoi_modules.course.reporting.rendering import FOLDER, prose, rendered, style

LESSON = {
    "title": "1 <b>First</b>",
    "css": Markup("a > b {}"),
    "index": "../index.html",
    "glossary": "../glossary.html",
    "before": None,
    "after": {"page": "02.html", "title": "2 Second"},
    "profile": "ci",
    "status": "not asked for",
    "seconds": "",
    "reason": "a < b",
    "contents": [{"level": 2, "id": "a-part", "text": "A & B"}],
    "body": Markup("<p>cells</p>"),
}


def test_text_is_escaped_and_markup_is_not() -> None:
    page = rendered("lesson.html.j2", **LESSON)
    assert "<title>1 &lt;b&gt;First&lt;/b&gt;</title>" in page
    assert "a &lt; b" in page
    assert "<p>cells</p>" in page
    assert "<style>a > b {}</style>" in page
    assert 'class="status not-asked-for"' in page
    assert "2 Second" in page
    assert page.count('<a href="#a-part">A &amp; B</a>') == 2, "folded above the text, and beside it on wide screens"
    assert 'rel="prev"' not in page


def test_a_value_that_is_missing_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(jinja2.UndefinedError, match="title"):
        rendered("lesson.html.j2", **{name: value for name, value in LESSON.items() if name != "title"})


def test_prose_has_code_between_backticks_and_nothing_of_html() -> None:
    assert prose("what `fit` takes, <b>`a` & `b`") == (
        "what <code>fit</code> takes, &lt;b&gt;<code>a</code> &amp; <code>b</code>"
    )
    assert prose("one ` alone") == "one ` alone"


def test_style_sheets_are_joined_as_they_are() -> None:
    text = style("style.css", "cells.css")
    assert isinstance(text, Markup)
    assert text == "\n".join((FOLDER / name).read_text() for name in ("style.css", "cells.css"))
