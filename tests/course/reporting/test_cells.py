"""Cells as HTML: what is folded, what is found in them, and how wide their pictures are."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from aoi_modules.course.notebook.forms import STUB
from aoi_modules.course.reporting.cells import Heading, cells_html, fold, is_log, is_table, pixels, with_contents

LOG = "".join(f"epoch {number}/9: loss 0.1\n" for number in range(1, 10))


def png(width: int, height: int) -> str:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def code(source: str, *tags: str, output: Any = None, **metadata: Any) -> Any:
    cell = new_code_cell(source, metadata={"tags": list(tags), **metadata})
    cell.outputs = [output] if output is not None else []
    return cell


def html(tmp_path: Path, *cells: Any) -> str:
    return cells_html(new_notebook(cells=list(cells)), tmp_path)


@pytest.mark.parametrize(
    ("cell", "summary"),
    [
        (code("x = 1"), ""),
        (code('profile = "ci"', "injected-parameters"), "Parameters"),
        (code('profile: str = "ci"', "parameters"), "Parameters"),
        (code("draw()", "thumbnail", "hide-input"), "Code"),
        (code('import x\n\nlesson = Lesson.open("5a", profile=profile)'), "Set-up"),
        (code("answer = 4", "solution"), ""),
    ],
)
def test_which_code_is_folded(tmp_path: Path, cell: Any, summary: str) -> None:
    assert fold(cell) == summary
    if "solution" not in cell.metadata.tags:
        assert ("<summary>" in html(tmp_path, cell)) == bool(summary)


def test_a_solution_is_folded_with_its_output_and_its_stub_is_shown(tmp_path: Path) -> None:
    cell = code("answer = 4", "solution", output=new_output("stream", text="printed"), **{STUB: "answer = ..."})
    before, inside, after = html(tmp_path, cell).replace("</details>", "<details").split("<details")
    assert "answer" in before
    assert "<summary>Solution</summary>" in inside
    assert "printed" in inside
    assert "printed" not in before + after


def test_a_training_log_and_messages_are_folded_and_other_output_is_not(tmp_path: Path) -> None:
    assert "<summary>Training log, 9 lines</summary>" in html(
        tmp_path, code("1", output=new_output("stream", text=LOG))
    )
    assert "<details" not in html(tmp_path, code("1", output=new_output("stream", text="accuracy 0.9\n")))
    messages = new_output("stream", name="stderr", text="careful")
    assert "<summary>Messages</summary>" in html(tmp_path, code("1", output=messages))


def test_a_fold_in_a_text_holds_everything_up_to_its_end(tmp_path: Path) -> None:
    text = "<details>\n<summary>Answers</summary>\n\n**Who?** The operator.\n\n- one\n\n</details>\n\nAfter it."
    cell = new_markdown_cell(text)
    page = html(tmp_path, cell)
    inside = page[page.index("<details>") : page.index("</details>")]
    assert "<summary>Answers</summary>" in inside
    assert "<strong>Who?</strong>" in inside
    assert "<li>one</li>" in inside
    assert "After it." not in inside
    assert cell.source == text


@pytest.mark.parametrize(
    ("text", "log"),
    [(LOG, True), ("Epoch 1/5\n 94/94 - 1s\n" * 4, True), ("epoch 1/9: loss\n" * 3, False), ("", False)],
)
def test_what_is_a_log(text: str, log: bool) -> None:
    assert is_log(text) is log


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("a  1\nb  2", True),
        ("  indented words only", False),
        ("a b c", False),
        ("metadata:\n  name: tile", True),
        ("  ports:\n  - 8500:8500", True),
        ("config {\n  name: 1", True),
        ("docker run --rm \\\n  --name=tile", True),
        ("a long sentence\n    that goes on", False),
        ("it says why:\nno such model", False),
    ],
)
def test_what_is_a_table(text: str, table: bool) -> None:
    assert is_table(text) is table


def test_a_picture_has_its_width_and_says_what_it_shows(tmp_path: Path) -> None:
    picture = new_output("display_data", {"image/png": png(1600, 10)})
    page = html(tmp_path, new_markdown_cell("## The curve"), code("plot()", output=picture))
    assert "--natural: 1600px" in page
    assert 'alt="The curve"' in page


@pytest.mark.parametrize(
    ("picture", "width"),
    [
        (png(1234, 5), 1234),
        ('<?xml version="1.0"?><svg xmlns="x" width="300pt" height="2">', 400),
        ("<svg height='2' width='300.4'>", 300),
        ("<svg>", 640),
        ("bm90IGEgcGljdHVyZQ==", 640),
        ("iVBORw0KGgo=", 640),
        ("not base64", 640),
    ],
)
def test_widths(picture: str, width: int) -> None:
    assert pixels(picture) == width


def test_the_contents_are_the_headings_each_with_an_id_of_its_own(tmp_path: Path) -> None:
    text = "# Title\n\n## A `b` & c\n\n### Part\n\n## A `b` & c"
    page, contents = with_contents(html(tmp_path, new_markdown_cell(text)))
    assert contents == [
        Heading(2, "A-b-&amp;-c", "A b &amp; c"),
        Heading(3, "Part", "Part"),
        Heading(2, "A-b-&amp;-c-again", "A b &amp; c"),
    ]
    for heading in contents:
        assert page.count(f'id="{heading.id}"') == 1
