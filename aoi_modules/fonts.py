"""Finds fonts for the letters of a plot, so that class names in any script can be read in it.

Matplotlib's own font has no Chinese, Japanese, Korean, Thai or Indian letters, and draws boxes in their place.
"""

from collections.abc import Collection
from functools import cache

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from aoi_modules.progress import say

CJK = range(0x1100, 0x11FF + 1), range(0x2E80, 0xD7FF + 1), range(0xF900, 0xFAFF + 1), range(0x20000, 0x3FFFF + 1)
"""Chinese, Japanese and Korean letters, which Debian and Ubuntu have in a package of their own."""


def fit(figure: Figure) -> None:
    """Gives each text of a figure fonts that have its letters; says in one line what to install where there are none.

    Args:
        figure: whose texts have their final words.
    """
    missing: set[str] = set()
    for text in figure.findobj(Text):
        if isinstance(text, Text) and (strange := _strange(text)):
            families, without = fallbacks("".join(sorted(strange)))
            text.set_fontfamily([*text.get_fontfamily(), *families])
            missing |= set(without)
    if missing:
        say_once("".join(sorted(missing)))


def _strange(text: Text) -> set[str]:
    """The letters of a text that its own fonts do not have."""
    letters = {letter for letter in text.get_text() if letter.isprintable()}
    if all(letter.isascii() for letter in letters):
        return set()
    return letters - _letters_of(font_manager.findfont(text.get_fontproperties()))


@cache
def fallbacks(letters: str) -> tuple[tuple[str, ...], str]:
    """Families that together have the letters, as few as can be found simply; and the letters that none has."""
    wanted, families = set(letters), []
    for known in (True, False):
        for name, path in _candidates(known=known):
            if found := wanted & _letters_of(path):
                families.append(name)
                wanted -= found
            if not wanted:
                return tuple(families), ""
    return tuple(families), "".join(sorted(wanted))


def _candidates(*, known: bool) -> list[tuple[str, str]]:
    """Family and file of fonts, plain ones first: those that matplotlib knows, or those that it has yet to meet."""
    manager = font_manager.fontManager
    before = {entry.fname for entry in manager.ttflist}
    if not known:  # its list is kept on the disk, and older than a font that was installed because of us
        for path in set(font_manager.findSystemFonts()) - before:
            try:
                manager.addfont(path)
            except (OSError, RuntimeError):  # no font that matplotlib reads
                continue
    entries = [entry for entry in manager.ttflist if known or entry.fname not in before]
    entries = [entry for entry in entries if not entry.name.startswith("Last Resort")]  # it has a box for every letter
    entries.sort(key=lambda entry: (entry.style != "normal", entry.weight not in (400, "normal"), entry.name))
    return [(entry.name, entry.fname) for entry in entries]


@cache
def _letters_of(path: str) -> frozenset[str]:
    try:
        return frozenset(map(chr, font_manager.get_font(path).get_charmap()))
    except (OSError, RuntimeError):  # the list of fonts may be older than the fonts
        return frozenset()


@cache
def say_once(letters: str) -> None:
    """Says which letters cannot be drawn, and what to install; the same letters once in a process."""
    say(f"plots have boxes for {letters}, which no font here has; install {package_for(letters)} and draw them again")


def package_for(letters: Collection[str]) -> str:
    """Names the package of Debian and Ubuntu that has these letters."""
    cjk = [any(ord(letter) in block for block in CJK) for letter in letters]
    return " and ".join([*(["fonts-noto-cjk"] if any(cjk) else []), *(["fonts-noto-core"] if not all(cjk) else [])])
