"""Pages to read beside the lessons: the primer, and the glossary with all words of the course."""

import base64
import hashlib
import re
from pathlib import Path

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.course.reference import glossary
from aoi_modules.course.reference.glossary import Glossary, Word
from aoi_modules.course.reference.word_links import WordLinks
from aoi_modules.course.reporting.rendering import prose, rendered, style
from aoi_modules.course.running.package_code import package_sha256
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.modelstore.version_dir import file_sha256

PRIMER, GLOSSARY = "primer.html", "glossary.html"
"""Their names; both lie in one folder."""
PRIMER_TEXT = "primer.md"
STAMP = ".reading-pages"
"""The file beside the pages that says what they were made of."""
_PICTURE = re.compile(r'<img src="([\w./-]+\.svg)"')
_TITLE = re.compile(r"\A# .*\n")


def reading_pages() -> dict[str, bytes]:
    """Both pages as UTF-8, by name.

    Raises:
        CourseError: this installation lacks the course's texts, or one of them breaks a rule.
    """
    folder = material.official_dir()
    curriculum = reading.load(folder / reading.FILE_NAME)
    words = glossary.load(folder / material.NOTEBOOKS / glossary.FILE_NAME, curriculum)
    text = (folder / material.NOTEBOOKS / PRIMER_TEXT).read_text(encoding="utf-8")
    pages = {
        PRIMER: _primer(text, folder / material.NOTEBOOKS, curriculum, words),
        GLOSSARY: _glossary(words),
    }
    return {name: page.encode() for name, page in pages.items()}


def write_reading_pages(folder: Path) -> None:
    """Writes both pages into a folder, unless nothing that they are made of has changed: making them takes seconds."""
    stamp, made_of = folder / STAMP, _sources_sha256()
    if (
        stamp.is_file()
        and stamp.read_text() == made_of
        and all((folder / name).is_file() for name in (PRIMER, GLOSSARY))
    ):
        return
    for name, page in reading_pages().items():
        write_whole(folder / name, page)
    write_whole(stamp, made_of.encode())


def word_links(lesson_id: str, page: str) -> WordLinks:
    """Links for the page of a lesson to the glossary, whose address relative to it is `page`."""
    folder = material.official_dir()
    curriculum = reading.load(folder / reading.FILE_NAME)
    words = glossary.load(folder / material.NOTEBOOKS / glossary.FILE_NAME, curriculum).words
    return WordLinks([word for word in words if word.belongs_to(lesson_id)], page)


def _sources_sha256() -> str:
    """One hash over the package, the checklist, and the texts and pictures beside the lessons."""
    folder = material.official_dir()
    texts = sorted(
        path for path in (folder / material.NOTEBOOKS).rglob("*") if path.is_file() and path.suffix != ".ipynb"
    )
    hashes = [f"{path}\0{file_sha256(path)}\n" for path in (folder / reading.FILE_NAME, *texts)]
    return hashlib.sha256("".join([package_sha256(), *hashes]).encode()).hexdigest()


def _primer(text: str, pictures: Path, curriculum: Curriculum, words: Glossary) -> str:
    from markupsafe import Markup

    links = WordLinks([word for word in words.words if not word.lessons], GLOSSARY)
    html = links(_html(_TITLE.sub("", text)))
    return rendered(
        "primer.html.j2",
        css=style("style.css", "words.css", "reading.css"),
        title=text.splitlines()[0].removeprefix("# "),
        body=Markup(_PICTURE.sub(lambda match: f'<img src="{_inline(pictures / match[1])}"', html)),
        items=curriculum.items,
        glossary=GLOSSARY,
    )


def _glossary(words: Glossary) -> str:
    return rendered(
        "glossary.html.j2",
        css=style("style.css", "words.css", "reading.css"),
        words=[_entry(word, words) for word in words.alphabetical],
        primer=PRIMER,
    )


def _entry(word: Word, words: Glossary) -> dict[str, object]:
    """A word with its meaning, in which other words are linked."""
    from markupsafe import Markup

    others = [one for one in words.words if one is not word and not set(one.lessons) - set(word.lessons)]
    return {
        "word": word.word,
        "anchor": word.anchor,
        "also": word.also,
        "meaning": Markup(WordLinks(others, "")(str(prose(word.meaning)))),
    }


def _html(text: str) -> str:
    from nbconvert.filters.markdown import markdown2html_mistune

    html: str = markdown2html_mistune(text)
    return re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", html)


def _inline(picture: Path) -> str:
    """A drawing as an address that holds it, so that the page needs no other file."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.read_bytes()).decode()}"
