"""Executed notebooks as pages that need no network: styles inline, pictures inside, no scripts."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan
from aoi_modules.course.checklist.navigation import last_cell, neighbours
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import without_defaults, without_trials
from aoi_modules.course.reference.word_links import WordLinks
from aoi_modules.course.reporting.cells import cells_html, with_contents
from aoi_modules.course.reporting.reading_pages import GLOSSARY, word_links
from aoi_modules.course.reporting.rendering import rendered, style
from aoi_modules.course.reporting.thumbnails import write_thumbnail
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole

if TYPE_CHECKING:
    from markupsafe import Markup

INDEX = "../../index.html"
"""The report's index as seen from a page, which lies in report/notebooks/<profile>/."""
GLOSSARY_FROM_HERE = f"../../{GLOSSARY}"
_NOTEBOOK_LINK = re.compile(r'href="([\w./-]+)\.ipynb(#[^"]*)?"')
_LOADS = re.compile(
    r"<(script|iframe|object)\b.*?</\1\s*>|</?(script|iframe|object|link|embed)\b[^>]*>", re.IGNORECASE | re.DOTALL
)
"""Elements with what is in them, and tags that stand alone."""
_REMOTE_PICTURE = re.compile(r"""<img\b[^>]*src=["'](?:https?:)?//[^>]*>""", re.IGNORECASE)


def page_path(executed: Path) -> Path:
    """Where the page of an executed notebook goes."""
    return executed.with_suffix(".html")


def write_page(executed: Path, outcome: Outcome, curriculum: Curriculum, profile: str, pictures: Path) -> Path:
    """Writes the page of an executed notebook beside it, and its thumbnail; of a damaged one, a page that says so.

    Args:
        executed: the notebook.
        outcome: how its run ended.
        curriculum: the checklist, for the links.
        profile: size of the work.
        pictures: folder from which the text's own pictures come, with paths relative to it.
    """
    from markupsafe import Markup

    before, after = neighbours(curriculum, outcome.plan.id)
    last = last_cell(curriculum, outcome.plan.id)
    links = word_links(outcome.plan.id, GLOSSARY_FROM_HERE)
    body, contents = with_contents(_cells(executed, pictures, last, links, trials=not outcome.good))
    page = rendered(
        "lesson.html.j2",
        title=outcome.plan.full_title,
        css=_css(),
        index=INDEX,
        glossary=GLOSSARY_FROM_HERE,
        before=_neighbour(before),
        after=_neighbour(after),
        profile=profile,
        status=outcome.status,
        seconds=f"{outcome.seconds:.1f}",
        reason=outcome.reason,
        contents=[{"level": one.level, "id": one.id, "text": Markup(one.text)} for one in contents],
        body=Markup(body),
    )
    target = page_path(executed)
    write_whole(target, page.encode())
    return target


def _cells(executed: Path, pictures: Path, last: str, links: WordLinks, *, trials: bool) -> str:
    """The cells and outputs as HTML, and a thumbnail of them beside the notebook.

    The trials of stubs are left out where they do not matter, and so is the last cell, whose links the page has.
    """
    from markupsafe import escape

    try:
        nb = without_defaults(read_notebook(executed))
    except CourseError as error:  # a process that was killed while it saved leaves half a file
        return f"<p>{escape(str(error))}</p>"
    shown = nb if trials else without_trials(nb)
    shown.cells = [cell for cell in shown.cells if cell.source.strip() != last]
    write_thumbnail(executed, shown)
    return offline(cells_html(shown, pictures, links))


def offline(html: str) -> str:
    """HTML without what would load something from elsewhere, and with links to notebooks leading to their pages."""
    html = _REMOTE_PICTURE.sub("", _LOADS.sub("", html))
    return _NOTEBOOK_LINK.sub(r'href="\1.html\2"', html)


def _css() -> "Markup":
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    ground = ".highlight, .highlight pre { background: var(--raised); }"
    code = f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{ground}"
    return Markup("\n").join([style("style.css", "words.css", "cells.css"), Markup(code)])


def _neighbour(plan: LessonPlan | None) -> dict[str, str] | None:
    return None if plan is None else {"page": f"{plan.notebook}.html", "title": plan.full_title}
