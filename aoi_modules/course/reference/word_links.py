"""Links from the first use of each word on a page to its meaning. Pure."""

import html
import re
from collections.abc import Iterable, Sequence

from aoi_modules.course.reference.glossary import Word

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
QUIET = frozenset({"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "svg", "style", "math", "th"})
"""Elements in which no word is linked: what is a link, code, a heading or a picture already."""


class WordLinks:
    """Links words in pieces of HTML, which come in the order of the page; each word once."""

    def __init__(self, words: Iterable[Word], page: str) -> None:
        """Takes the words of this page, and the address of the glossary page relative to it."""
        forms = [(form, word) for word in words for form in word.forms]
        # The longest first, so that a learning rate is not taken for a rate.
        self._forms = sorted(forms, key=lambda pair: (-len(pair[0]), pair[0]))
        self._pattern = _pattern([form for form, _ in self._forms])
        self._page = page
        self.linked: list[str] = []

    def __call__(self, piece: str) -> str:
        """The same HTML with links. Tags, entities and what is in QUIET elements stay as they are."""
        depth, parts = 0, _TAG.split(piece)
        for at, part in enumerate(parts):
            if part.startswith("<"):
                depth += _step(part)
            elif depth == 0:
                parts[at] = self._pattern.sub(self._link, part)
        return "".join(parts)

    def _link(self, match: re.Match[str]) -> str:
        _, word = self._forms[(match.lastindex or 1) - 1]
        if word.word in self.linked:
            return match[0]
        self.linked.append(word.word)
        meaning = html.escape(word.meaning, quote=True)
        return f'<a class="word" href="{self._page}#{word.anchor}" title="{meaning}">{match[0]}</a>'


def _pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """Finds each form as a whole word, one group a form; nothing where there are no forms."""
    choices = "|".join(f"({_either_case(form)})" for form in forms)
    return re.compile(rf"(?<![\w&#/.-])(?:{choices})s?(?![\w/-]|\.\w)" if forms else r"(?!)")


def _either_case(form: str) -> str:
    """A form in small letters may begin a sentence; one with capital letters is a name, and is written only so."""
    written = [form, form[0].upper() + form[1:]] if form.islower() else [form]
    # A line may end between two words.
    return "|".join(r"\s+".join(re.escape(part) for part in one.split()) for one in written)


def _step(tag: str) -> int:
    """How much deeper a tag leads into quiet elements: 1, -1 or 0."""
    name = _NAME.match(tag)
    if name is None or name[1].lower() not in QUIET or tag.endswith("/>"):
        return 0
    return -1 if tag.startswith("</") else 1
