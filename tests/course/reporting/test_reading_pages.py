"""Primer and glossary: they need no network, every word is there, and every link leads somewhere."""

import html
import re
from pathlib import Path

import pytest

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.reference import glossary
from aoi_modules.course.reporting import reading_pages
from aoi_modules.course.reporting.reading_pages import GLOSSARY, PRIMER, word_links, write_reading_pages

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: page.decode() for name, page in reading_pages.reading_pages().items()}


def text(page: str) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


def squeezed(page: str) -> str:
    """The letters alone: marks of code and links stand between them."""
    return re.sub(r"[^a-z0-9]", "", text(page).lower())


def test_the_glossary_has_every_word_with_its_meaning(pages: dict[str, str]) -> None:
    words = glossary.load(FOLDER / material.NOTEBOOKS / glossary.FILE_NAME, CURRICULUM).words
    said = squeezed(pages[GLOSSARY])
    for word in words:
        assert f'id="{word.anchor}"' in pages[GLOSSARY]
        assert squeezed(word.meaning) in said, word.word


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for page_name, anchor in re.findall(r'href="([^"#]*)(?:#([^"]*))?"', page):
            target = pages[page_name or name]
            assert not anchor or f'id="{anchor}"' in target, f"{name}: {page_name}#{anchor}"


def test_the_primer_explains_the_line_and_lists_every_item(pages: dict[str, str]) -> None:
    said = text(pages[PRIMER])
    for words in (
        "Automated optical inspection",
        "An escape is a defective part that passes",
        "Overkill is a good part",
    ):
        assert words in said
    for item in CURRICULUM.items:
        assert squeezed(item.purpose) in squeezed(pages[PRIMER])
        for plan in item.lessons:
            assert plan.full_title in said


def test_the_pages_need_no_network_and_no_other_file(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert "<script" not in page
        assert "http" not in re.sub(r"data:[^\"]*", "", page)
        assert all(source.startswith("data:image/svg+xml;base64,") for source in re.findall(r'<img src="([^"]*)', page))
    assert pages[PRIMER].count("<img") == 2


def test_a_lesson_links_its_own_meaning_of_a_word() -> None:
    """A probe is a question of Kubernetes in lesson 7; lesson 3 has linear probes, which are something else."""
    assert '#word-probe"' in word_links("7", "../../glossary.html")("<p>a probe</p>")
    assert word_links("3", "../../glossary.html")("<p>a probe</p>") == "<p>a probe</p>"
    assert 'href="../../glossary.html#word-linear-probe"' in word_links("3", "../../glossary.html")("a linear probe")


def test_the_pages_are_made_again_only_when_something_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def pages_of_now() -> dict[str, bytes]:
        made.append("both")
        return {PRIMER: b"primer", GLOSSARY: b"glossary"}

    monkeypatch.setattr(reading_pages, "reading_pages", pages_of_now)
    for _ in range(2):
        write_reading_pages(tmp_path)
    assert len(made) == 1
    (tmp_path / GLOSSARY).unlink()
    write_reading_pages(tmp_path)
    assert (tmp_path / GLOSSARY).read_text() == "glossary"
    monkeypatch.setattr(reading_pages, "package_sha256", lambda: "another package")
    write_reading_pages(tmp_path)
    assert len(made) == 3
