"""The lists of known words: each word means one thing."""

from collections import Counter

import pytest

from aoi_modules.datasets.folder import class_words
from aoi_modules.datasets.folder.class_names import opinion

LISTS = ("GOOD", "DEFECTIVE", "NEGATIONS", "DOUBTS", "FILLERS")


def words(name: str) -> list[str]:
    text: str = getattr(class_words, name)
    return [word.strip() for line in text.strip().splitlines() for word in line.split(",")]


def test_no_word_stands_in_two_lists_or_is_empty() -> None:
    counts = Counter(word for name in LISTS for word in words(name))
    assert [word for word, count in counts.items() if count > 1 and word != ""] == []
    assert "" not in counts


@pytest.mark.parametrize(("name", "good"), [("GOOD", True), ("DEFECTIVE", False)])
def test_each_word_alone_says_what_its_list_says_in_capitals_too(name: str, good: bool) -> None:
    for word in words(name):
        for written in (word, word.upper(), f"{word}_1"):
            found = opinion(written)
            assert found is not None, written
            assert (found.good, found.sure) == (good, True), written


@pytest.mark.parametrize("name", ["NEGATIONS", "DOUBTS", "FILLERS"])
def test_the_other_words_alone_say_nothing(name: str) -> None:
    assert [word for word in words(name) if opinion(word) is not None] == []


def test_the_surest_words_are_words_of_good_parts() -> None:
    assert set(words("SURE")) <= set(words("GOOD"))
