"""Words are linked at their first use on a page, in text alone, in every form that the glossary has."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.reference import glossary
from aoi_modules.course.reference.glossary import Word
from aoi_modules.course.reference.word_links import QUIET, WordLinks

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)
GLOSSARY = glossary.load(FOLDER / material.NOTEBOOKS / glossary.FILE_NAME, CURRICULUM)
WORDS = (
    Word(word="rate", meaning="A share."),
    Word(word="learning rate", meaning='How far a "step" goes.'),
    Word(word="escape", also=("escaped",), meaning="A defective part that passed."),
    Word(word="Service", meaning="An address."),
    Word(word="mean+max", meaning="Two numbers."),
)
LINK = re.compile(r'<a class="word" href="words.html#([\w-]+)" title="[^"]*">(.*?)</a>', re.DOTALL)


def linked(*pieces: str) -> list[tuple[str, str]]:
    """Place on the glossary page and text of each link."""
    links = WordLinks(WORDS, "words.html")
    return LINK.findall("".join(links(piece) for piece in pieces))


def test_a_word_is_linked_with_its_meaning() -> None:
    assert WordLinks(WORDS, "words.html")("<p>The learning rate.</p>") == (
        '<p>The <a class="word" href="words.html#word-learning-rate" title="How far a &quot;step&quot; goes.">'
        "learning rate</a>.</p>"
    )


@pytest.mark.parametrize(
    ("piece", "links"),
    [
        ("<p>Escapes: an escape, escaped.</p>", [("word-escape", "Escapes")]),
        ("<p>escaped</p>", [("word-escape", "escaped")]),
        ("<p>the service, the Service</p>", [("word-service", "Service")]),
        ("<p>a rate, a learning rate</p>", [("word-rate", "rate"), ("word-learning-rate", "learning rate")]),
        ("<p>a <b>learning\nrate</b></p>", [("word-learning-rate", "learning\nrate")]),
        ("<p>pooling mean+max</p>", [("word-mean-max", "mean+max")]),
        ("<p>separate, rated, rate_of, crate, rate/2, a-rate, rate.value</p>", []),
        ("<h2>A rate</h2><pre>rate</pre><p><code>rate</code> <a href='x'>rate</a></p>", []),
        ("<h2>A <em>rate</em></h2><p>rate</p>", [("word-rate", "rate")]),
        ("<p title='rate'>none</p>", []),
        ("<p>a <b>rate</b>.</p>", [("word-rate", "rate")]),
        ("", []),
    ],
)
def test_words_are_found_in_text_alone(piece: str, links: list[tuple[str, str]]) -> None:
    assert linked(piece) == links


def test_only_the_first_use_is_linked_over_all_pieces() -> None:
    assert linked("<p>none</p>", "<p>a rate</p>", "<p>Rates, rate</p>") == [("word-rate", "rate")]


@given(st.text(alphabet="<>/ abprate&;#\"'\n", max_size=60))
def test_nothing_but_links_is_added(piece: str) -> None:
    assert LINK.sub(r"\2", WordLinks(WORDS, "words.html")(piece)) == piece


def test_a_page_without_words_stays_as_it_is() -> None:
    assert WordLinks((), "words.html")("<p>a rate</p>") == "<p>a rate</p>"


@pytest.mark.parametrize("plan", CURRICULUM.written(), ids=lambda plan: plan.notebook)
def test_in_each_lesson_every_word_it_uses_is_linked_where_it_comes_first(plan: LessonPlan) -> None:
    from nbconvert.filters.markdown import markdown2html_mistune

    words = [word for word in GLOSSARY.words if word.belongs_to(plan.id)]
    links = WordLinks(words, "words.html")
    cells = read_notebook(material.notebook_path(plan, FOLDER)).cells
    html = "".join(links(markdown2html_mistune(cell.source)) for cell in cells if cell.cell_type == "markdown")
    assert len(links.linked) == len(set(links.linked)) >= 10
    quiet = "|".join(QUIET)
    for word in words:
        before, _, _ = html.partition(f'href="words.html#{word.anchor}"')
        text = " ".join(re.sub(rf"<({quiet})\b[^>]*>.*?</\1>|<[^>]*>", "|", before, flags=re.DOTALL).split())
        own = re.search(rf"(?<![\w&#/.+-]){re.escape(word.word)}s?(?![\w/-]|\.\w)", text)
        longer = [form for other in words for form in other.forms if word.word in form and form != word.word]
        assert own is None or any(form in text for form in longer), f"{word.word} comes before its link: {text[-80:]}"
