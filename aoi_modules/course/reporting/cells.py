"""The cells of an executed notebook as HTML, by nbconvert with a template of ours."""

import base64
import binascii
import contextlib
import logging
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aoi_modules.course.notebook.file import Cell, Notebook
from aoi_modules.course.notebook.forms import tags
from aoi_modules.course.reference.word_links import WordLinks
from aoi_modules.course.reporting.rendering import FOLDER
from aoi_modules.course.running.cell_watch import cell_title

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

HIDE_INPUT = "hide-input"
"""Jupyter Book's tag for cells whose code is folded."""
LOG_LINES = 4
"""From so many lines of epochs on, a text is a training log."""
UNKNOWN_WIDTH = 640
_FOLDED = {"injected-parameters": "Parameters", "parameters": "Parameters", HIDE_INPUT: "Code"}
_OPENING = re.compile(r"\bLesson\.open\(")
_EPOCH = re.compile(r"^epoch \d+/\d+", re.IGNORECASE | re.MULTILINE)
_ALIGNED = re.compile(r"\S {2,}\S")
_NESTED = re.compile(r"^( *)\S.*([:{]\n\1(?: +\S|- )|\\\n)", re.MULTILINE)
"""A line that opens something, and under it the first line inside, as in YAML; or a command that goes on below."""
_SVG_WIDTH = re.compile(r"""<svg\b[^>]*?\bwidth=["']([\d.]+)(pt|px)?["']""")
_HEADING = re.compile(r'<h([23]) id="([^"]*)">(.*?)<a class="anchor-link"[^>]*>.*?</a></h\1>', re.DOTALL)
"""As nbconvert writes a heading of a text."""
_TAG = re.compile(r"<[^>]+>")
_FOLD_TAG = re.compile(r"</?details>|<summary>.*?</summary>")
_FOLD_COMMENT = re.compile(r"<!--(</?details>|<summary>.*?</summary>)-->")


@dataclass(frozen=True)
class Heading:
    """An entry of a page's contents: 2 or 3, the id to link to, and the text as HTML without tags."""

    level: int
    id: str
    text: str


def cells_html(nb: Notebook, pictures: Path, links: WordLinks | None = None) -> str:
    """The cells with their outputs, without a page around them.

    Args:
        nb: an executed notebook.
        pictures: folder from which the text's own pictures come, with paths relative to it.
        links: from words to the glossary.
    """
    for at, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and cell.source.strip():
            cell.metadata.setdefault(
                "alt", cell_title(nb.cells, at)
            )  # what a picture shows, for those who cannot see it
    html, _ = _exporter(links or WordLinks((), "")).from_notebook_node(
        nb, resources={"metadata": {"path": str(pictures)}}
    )
    return _FOLD_COMMENT.sub(r"\1", html)


def with_contents(html: str) -> tuple[str, list[Heading]]:
    """The headings, and the cells with an id of its own for each, since nbconvert gives equal texts the same one."""
    found: list[Heading] = []

    def numbered(match: re.Match[str]) -> str:
        level, name, inner = match.groups()
        known = {heading.id for heading in found}
        while name in known:
            name += "-again"
        found.append(Heading(int(level), name, _TAG.sub("", inner).strip()))
        return f'<h{level} id="{name}">{inner}</h{level}>'

    return _HEADING.sub(numbered, html), found


def fold(cell: Cell) -> str:
    """What stands above folded code; nothing for code that is shown. Solutions are folded with what they print."""
    for tag in tags(cell):
        if tag in _FOLDED:
            return _FOLDED[tag]
    return "Set-up" if _OPENING.search(cell.source) else ""


def is_log(text: str) -> bool:
    """Whether a text tells epoch by epoch how a training went, which few readers want to see."""
    return len(_EPOCH.findall(text)) >= LOG_LINES


def is_table(text: str) -> bool:
    """Whether a text has columns or is nested, as YAML is: a line break would tear that apart."""
    return bool(_ALIGNED.search(text) or _NESTED.search(text))


def pixels(picture: str) -> int:
    """The width of a picture as it is drawn, from PNG in base64 or from the text of an SVG."""
    return next(_widths(picture), UNKNOWN_WIDTH)


def _widths(picture: str) -> Iterator[int]:
    if found := _SVG_WIDTH.search(picture):
        yield round(float(found[1]) * (4 / 3 if found[2] == "pt" else 1))
        return
    with contextlib.suppress(binascii.Error, struct.error):  # no PNG
        header = base64.b64decode(picture.lstrip()[:32])
        if header.startswith(b"\x89PNG"):
            yield struct.unpack(">I", header[16:20])[0]


def _exporter(links: WordLinks) -> "HTMLExporter":
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor

    quiet = logging.getLogger("aoi.pages")
    quiet.setLevel(logging.ERROR)  # it would ask authors for texts under pictures that they drew in Markdown
    exporter = HTMLExporter(
        log=quiet,
        template_name="cells",
        extra_template_basedirs=[str(FOLDER)],
        embed_images=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        filters={"fold": fold, "is_log": is_log, "is_table": is_table, "link_words": links, "pixels": pixels},
    )
    exporter.register_preprocessor(CoalesceStreamsPreprocessor, enabled=True)  # one box a cell, not one a line
    exporter.register_preprocessor(_folds_as_comments)
    return exporter


def _folds_as_comments(nb: Notebook, resources: Any) -> tuple[Notebook, Any]:
    """Hides the tags of folds in texts from nbconvert.

    It takes each piece of HTML for a whole, and would close a fold before the first blank line in it. `nb` is its own
    copy.
    """
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = _FOLD_TAG.sub(r"<!--\g<0>-->", cell.source)
    return nb, resources
