"""Figures of quality in words, as people read them."""

from dataclasses import dataclass

from aoi_modules.gateway.doors.pages.charts.scale import parts, percent
from aoi_modules.results.quality.figures import Figure
from aoi_modules.results.quality.report import Figures


@dataclass(frozen=True)
class Told:
    """A figure on a page.

    Args:
        title: what it is.
        sign: class of its colour.
        value: in percent, or "unknown".
        interval: within which the rate of the process lies; empty where that is unknown.
        words: of how many parts it is, or why it is unknown.
    """

    title: str
    sign: str
    value: str
    interval: str
    words: str

    @property
    def known(self) -> bool:
        return bool(self.interval)


def all_three(figures: Figures) -> list[Told]:
    """Escape rate, overkill rate and first pass yield of some parts."""
    return [escape(figures.escape), overkill(figures.overkill), first_pass(figures.first_pass)]


def escape(figure: Figure) -> Told:
    """The escape rate."""
    return _told("Escape rate", "escape", figure, _estimated(figure, "defective parts passed"))


def overkill(figure: Figure) -> Told:
    """The overkill rate."""
    return _told("Overkill rate", "overkill", figure, _estimated(figure, "good parts failed"))


def first_pass(figure: Figure) -> Told:
    """The first pass yield."""
    words = f"{parts(figure.counted or 0)} of {parts(figure.of or 0)} parts passed at their first attempt; all count."
    return _told("First pass yield", "first-pass", figure, words)


def _told(title: str, sign: str, figure: Figure, words: str) -> Told:
    if figure.value is None or figure.interval is None:
        return Told(title, sign, "unknown", "", f"{figure.unknown[:1].upper()}{figure.unknown[1:]}.")
    return Told(title, sign, percent(figure.value), " to ".join(map(percent, figure.interval)), words)


def _estimated(figure: Figure, what: str) -> str:
    """What stands above and below the fraction line, and on how many judged parts that rests."""
    asked = f" and {figure.asked:,} about which somebody asked" if figure.asked else ""
    return (
        f"About {parts(figure.counted or 0)} of {parts(figure.of or 0)} {what}: estimated for "
        f"{figure.parts:,} parts from {figure.sampled:,} judged at random{asked}."
    )
