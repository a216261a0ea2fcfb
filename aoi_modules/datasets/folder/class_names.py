"""What the name of a class says of its parts: that they are good, that they are defective, or nothing. Pure."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

from aoi_modules.datasets.folder import class_words

Meaning = Literal["good", "defective", "not", "doubt", "filler"]
Words = tuple[str, ...]

_OPPOSITE: dict[Meaning | None, Meaning] = {"good": "defective", "defective": "good"}
_SPACED = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "DEVANAGARI", "FEMININE", "MICRO")
"""Scripts, by their Unicode names, that part words by spaces; in all others a word is found wherever it stands."""
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")


@dataclass(frozen=True)
class Opinion:
    """What a name says.

    Args:
        good: that the parts are good; else that they are defective.
        sure: the name says nothing else, or says it in a word that has no other meaning.
    """

    good: bool
    sure: bool


def opinion(name: str) -> Opinion | None:
    """Tells what a class name says of its parts: `ok_front` is good, `not_ok` and `不良品` are defective.

    None where it says nothing (`left`), contradicts itself (`ok_ng`), or leaves a doubt (`almost_ok`).
    """
    phrases = list(_phrases(list(_words_of(name))))
    meanings = [meaning for _, meaning in phrases]
    if "doubt" in meanings or "?" in name:
        return None
    said: set[Meaning] = set()
    negated = False
    for meaning in meanings:
        if negated and meaning not in _OPPOSITE:
            return None
        if meaning in ("good", "defective"):
            said.add(_OPPOSITE[meaning] if negated else meaning)
        negated = meaning == "not"
    if negated or len(said) != 1:
        return None
    certain = None not in meanings or any(phrase in _sure() for phrase, _ in phrases)
    return Opinion(good=said == {"good"}, sure=certain)


def _phrases(words: Sequence[str]) -> Iterator[tuple[Words, Meaning | None]]:
    """The known phrases among the words, the longest first, and what is between them, word by word."""
    known, place = _known(), 0
    longest = max(map(len, known))
    while place < len(words):
        ends = range(min(len(words), place + longest), place, -1)
        end = next((end for end in ends if tuple(words[place:end]) in known), place + 1)
        phrase = tuple(words[place:end])
        yield phrase, "filler" if "".join(phrase).isdigit() else known.get(phrase)
        place = end


def _words_of(name: str) -> Iterator[str]:
    """The words of a name, without capitals and accents."""
    for script, run in groupby(_parted(unicodedata.normalize("NFKC", name)), _script):
        letters = "".join(run)
        if script == "dense":
            yield from _segments(letters)
        elif script:
            yield _plain(letters)


def _parted(name: str) -> Iterator[str]:
    """The letters of a name, with a space where capitals alone say that a word begins: `okFront`, `OKFront`."""
    for before, letter, after in zip(" " + name, name, name[1:] + " ", strict=False):
        if letter.isupper() and (before.islower() or (before.isupper() and after.islower())):
            yield " "
        yield letter


def _segments(run: str) -> Iterator[str]:
    """The words of a script without spaces: the longest that is known, else letter by letter.

    A single letter is known only where nothing else stands there (良), or as a negation (不).
    """
    known = _known()
    place = 0
    while place < len(run):
        ends = range(len(run), place + 1, -1)
        end = next((end for end in ends if (run[place:end],) in known), place + 1)
        word = run[place:end]
        alone = len(word) > 1 or len(run) == 1 or known.get((word,)) in ("not", "filler")
        yield word if alone else f"{word}?"
        place = end


def _script(letter: str) -> str:
    """How the letter's script parts words; empty between words."""
    if letter.isdigit():
        return "digit"
    if unicodedata.category(letter)[0] not in "LM":
        return ""
    script = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    return "spaced" if script in (*_SPACED, "COMBINING") else "dense"


def _plain(word: str) -> str:
    """Small letters; accents away where a word is still the same without them."""
    small = word.casefold().replace("\u0131", "i")  # of Turkish, which has another capital
    if not unicodedata.name(small[0], "").startswith(_ACCENTED):
        return small
    return "".join(letter for letter in unicodedata.normalize("NFKD", small) if unicodedata.category(letter) != "Mn")


@cache
def _known() -> dict[Words, Meaning]:
    lists: tuple[tuple[str, Meaning], ...] = (
        (class_words.FILLERS, "filler"),
        (class_words.DOUBTS, "doubt"),
        (class_words.NEGATIONS, "not"),
        (class_words.DEFECTIVE, "defective"),
        (class_words.GOOD, "good"),
    )
    return {phrase: meaning for text, meaning in lists for phrase in _listed(text)}


@cache
def _sure() -> frozenset[Words]:
    return frozenset(_listed(class_words.SURE))


def _listed(text: str) -> list[Words]:
    phrases = (phrase.strip() for line in text.splitlines() for phrase in line.split(","))
    return [tuple(map(_plain, unicodedata.normalize("NFKC", phrase).split())) for phrase in phrases if phrase]
