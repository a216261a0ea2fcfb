"""Letters of any script in plots."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from matplotlib import font_manager

from aoi_modules import fonts
from aoi_modules.fonts import package_for
from aoi_modules.plots import Plot

LETTERS = "\u5212\u75d5"
NOWHERE = "\U000132f4"
"""A hieroglyph, which no font of a build machine has."""


@pytest.fixture
def font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A font with two Chinese letters among those of the system, which matplotlib has not met yet."""
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"letter{place}" for place in range(len(LETTERS)))]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): name for letter, name in zip(LETTERS, names[1:], strict=True)})
    pen = TTGlyphPen(None)
    for place, point in enumerate(((100, 0), (900, 0), (900, 800), (100, 800))):
        (pen.lineTo if place else pen.moveTo)(point)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Two Letters", "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    builder.save(tmp_path / "two.ttf")
    files = [str(tmp_path / name) for name in ("two.ttf", "gone.ttf")]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: files)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    return "Two Letters"


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Nothing that an earlier test found or said."""
    for cached in (fonts.fallbacks, fonts.say_once):
        cached.cache_clear()


def titled(text: str) -> Plot:
    plot = Plot()
    plot.suptitle(text)
    return plot


def test_a_font_is_found_for_letters_that_the_plots_own_has_not(
    font: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = titled(f"good or {LETTERS}")
    plot.savefig(tmp_path / "plot.png")
    assert font in plot.texts[0].get_fontfamily()
    assert capsys.readouterr().err == ""


def test_letters_that_no_font_has_are_said_in_one_line_and_in_no_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    for number in range(2):
        titled(f"good or {NOWHERE}").savefig(tmp_path / f"{number}.png")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"plots have boxes for {NOWHERE}, which no font here has; install fonts-noto-core" in said


def test_latin_and_greek_letters_keep_the_plots_own_font() -> None:
    plot = titled("Größe, Ωμέγα, хорошо")
    families = plot.texts[0].get_fontfamily()
    fonts.fit(plot)
    assert plot.texts[0].get_fontfamily() == families


@pytest.mark.parametrize(
    ("letters", "package"),
    [
        (LETTERS, "fonts-noto-cjk"),
        ("\ubd88\ub7c9", "fonts-noto-cjk"),
        ("\u0e14", "fonts-noto-core"),
        (f"\u0e14{LETTERS}", "fonts-noto-cjk and fonts-noto-core"),
    ],
)
def test_the_package_that_has_the_letters_is_named(letters: str, package: str) -> None:
    assert package_for(letters) == package
