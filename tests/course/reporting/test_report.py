"""The report: index.html, pages and junit.xml, from outcomes of every kind, usable without a network."""

import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.reporting import pages, report
from aoi_modules.course.running import freshness
from aoi_modules.course.running.freshness import RunRecord
from aoi_modules.course.running.lesson_events import LessonError
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.modelstore.manifest import DataOrigin

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAwS2OUAAAAABJRU5ErkJggg=="


class Sources(HTMLParser):
    """Collects what a browser would load, and where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.scripts += tag == "script"
        if tag in ("script", "img", "iframe", "source", "embed", "object"):
            self.loads.append(found.get("src") or found.get("data") or "")
        if tag == "link":
            self.loads.append(found.get("href") or "")
        if tag == "a":
            self.links.append(found.get("href") or "")


def executed_notebook(path: Path) -> None:
    """A notebook as a run leaves it, with everything that might load something."""
    code = new_code_cell("print(1)", execution_count=1)
    code.outputs = [
        new_output("stream", text="\x1b[32mgreen\x1b[0m <b>not bold</b>\n"),
        new_output("display_data", {"image/png": PNG, "text/plain": "<Figure>"}),
        new_output("display_data", {"text/html": '<script src="https://cdn.example/x.js"></script><table></table>'}),
        new_output("display_data", {"text/html": '<img src="https://example.org/x.png"><iframe src="//x"></iframe>'}),
        new_output("display_data", {"text/html": '<link rel="stylesheet" href="https://example.org/x.css">'}),
    ]
    links = "[next](02_lesson.ipynb#part) and [paper](https://example.org/paper)"
    text = f"# 1 Lesson 1\n\n{links}\n\n$x^2$\n\n![a line](images/line.png)"
    path.parent.mkdir(parents=True, exist_ok=True)
    trial = new_code_cell("stub_on_trial = 1", metadata={"tags": ["trial"]})
    nbformat.write(new_notebook(cells=[new_markdown_cell(text), code, trial]), path)


def manifest(lesson_id: str, **fields: Any) -> LessonManifest:
    return LessonManifest(lesson=lesson_id, profile="ci", made="2026-01-01", files={}, **fields)


@pytest.fixture
def order(small_course: Any) -> RunOrder:
    for number in range(1, 6):
        small_course.lesson(str(number))
    small_course.lessons.append({"id": "6", "notebook": "06_x", "title": "Sixth", "written": False})
    small_course.write_checklist()
    order: RunOrder = small_course.order("1", "2", "3", "4")
    for plan in order.plans[:2]:
        executed_notebook(order.executed(plan))
    return order


@pytest.fixture
def outcomes(order: RunOrder) -> list[Outcome]:
    """Passed, failed, skipped, fresh; lesson 5 was not asked for, and passed before."""
    one, two, three, four = order.plans
    error = LessonError(cell=4, title="Divide", message="a < b & \x1b[31mc", trace="Trace <b>\x00")
    earlier = order.folder(order.curriculum.lesson("5"))
    earlier.mkdir(parents=True)
    artifacts.write(earlier, manifest("5", figures={"earlier figure": 5}))
    freshness.write_record(earlier, RunRecord(parts={}, seconds=55.0, cells=1, notebook_sha256=""))
    made = manifest(
        "1",
        figures={"accuracy": 0.987654, "pictures": 10},
        data=(DataOrigin(name="tiles", sha256="0", stand_in=True),),
        backend="embedded server",
        notes=("no Docker here",),
    )
    return [
        Outcome(plan=one, status="passed", seconds=12.34, cells=3, manifest=made),
        Outcome(plan=two, status="failed", seconds=1.0, cells=3, reason=str(error), error=error),
        Outcome(plan=three, status="skipped", reason="needs 2, which failed"),
        Outcome(plan=four, status="fresh", seconds=44.0, manifest=manifest("4")),
    ]


def test_the_index_tells_everything(order: RunOrder, outcomes: list[Outcome]) -> None:
    index = report.write_report(order, outcomes).index.read_text()
    text = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", index, flags=re.DOTALL))
    assert "2 of 4 lessons passed" in text
    assert "accuracy: 0.9877" in text
    for words in ("stand-in data: tiles", "ran on: embedded server", "no Docker here", "12.3", "44.0", "55.0"):
        assert words in text, words
    assert "earlier figure: 5" in text
    assert "cell 4, Divide: a &lt; b &amp; " in text
    assert "Trace &lt;b&gt;" in text
    assert "6: not yet written" in text
    assert "To test <code>code</code>." in index
    assert text.count("not asked for") == 2


def test_trials_of_stubs_are_only_shown_where_a_lesson_failed(order: RunOrder, outcomes: list[Outcome]) -> None:
    folder = report.write_report(order, outcomes).index.parent / "notebooks" / "ci"
    pages = [(folder / name).read_text() for name in ("01_lesson.html", "02_lesson.html")]
    assert ["stub_on_trial" in page for page in pages] == [False, True]


def test_links_of_the_index_lead_to_files(order: RunOrder, outcomes: list[Outcome]) -> None:
    index = report.write_report(order, outcomes).index
    links = Sources(index.read_text()).links
    assert links.count("notebooks/ci/01_lesson.html") == 1
    assert links.count("notebooks/ci/02_lesson.html") == 2, "the failed one from the error, too"
    for link in links:
        assert (index.parent / link).is_file(), link


def test_nothing_in_the_report_loads_anything(order: RunOrder, outcomes: list[Outcome]) -> None:
    (order.material_dir / "notebooks" / "images").mkdir()
    (order.material_dir / "notebooks" / "images" / "line.png").write_bytes(b64decode(PNG))
    index = report.write_report(order, outcomes).index
    written = [index, *sorted((index.parent / "notebooks").rglob("*.html"))]
    assert len(written) == 3
    for path in written:
        found = Sources(path.read_text())
        assert found.scripts == 0
        assert all(source.startswith("data:image/") for source in found.loads), (path, found.loads)
        assert "@import" not in path.read_text()
        assert not re.search(r"url\(", path.read_text())


def test_a_page_keeps_text_pictures_and_links(order: RunOrder, outcomes: list[Outcome]) -> None:
    picture = order.material_dir / "notebooks" / "images" / "line.png"
    picture.parent.mkdir()
    picture.write_bytes(b64decode(PNG))
    report.write_report(order, outcomes)
    page = pages.page_path(order.executed(order.plans[0])).read_text()
    found = Sources(page)
    assert found.loads == [f"data:image/png;base64,{PNG}"] * 2
    assert {"02_lesson.html#part", "02_lesson.html", "https://example.org/paper", "../../index.html"} <= set(
        found.links
    )
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert 'class="ansi-green-fg"' in page
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_a_fresh_lesson_keeps_its_page_and_a_skipped_one_loses_an_old_one(
    order: RunOrder, outcomes: list[Outcome]
) -> None:
    three, four = order.plans[2:]
    for plan in (three, four):
        executed_notebook(order.executed(plan))
        pages.page_path(order.executed(plan)).write_text("kept")
    report.write_report(order, outcomes)
    assert not pages.page_path(order.executed(three)).exists()
    assert pages.page_path(order.executed(four)).read_text() == "kept"
    pages.page_path(order.executed(four)).unlink()
    report.write_report(order, outcomes)
    assert "All lessons" in pages.page_path(order.executed(four)).read_text()


def test_an_executed_notebook_that_cannot_be_read_spoils_no_report(order: RunOrder, outcomes: list[Outcome]) -> None:
    order.executed(order.plans[1]).write_text("{")
    index = report.write_report(order, outcomes).index.read_text()
    assert "2 of 4 lessons passed" in index
    assert "not a notebook" in pages.page_path(order.executed(order.plans[1])).read_text()


@pytest.mark.parametrize(("kept", "words"), [(4, "2 of 4 lessons passed"), (1, "the lesson passed")])
def test_headline(outcomes: list[Outcome], kept: int, words: str) -> None:
    assert report.headline(outcomes[:kept]) == words
    assert report.headline([outcomes[0], outcomes[3]]) == "all 2 lessons passed"
