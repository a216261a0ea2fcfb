"""Figures in words: how many parts they are of, or why they are unknown."""

from aoi_modules.gateway.doors.pages.engineers import told
from aoi_modules.results.quality.figures import Figure, first_pass_yield
from aoi_modules.results.quality.report import Figures

RATE = Figure(
    value=0.0213, interval=(0.01, 0.04), parts=24_000, sampled=1204, asked=0, counted=6.6, of=310.2, effective=300
)
UNKNOWN = Figure(unknown="nothing of 7 parts with PASS was judged at random", parts=7, sampled=0, asked=0)


def test_a_rate_says_how_many_parts_it_is_of_and_on_how_many_it_rests() -> None:
    found = told.escape(RATE)
    assert (found.title, found.value, found.interval, found.known) == ("Escape rate", "2.13%", "1.00% to 4.00%", True)
    assert found.words == (
        "About 6.6 of 310 defective parts passed: estimated for 24,000 parts from 1,204 judged at random."
    )


def test_parts_about_which_somebody_asked_are_named() -> None:
    asked = Figure(value=0.5, interval=(0.1, 0.9), parts=9, sampled=4, asked=3, counted=2, of=4, effective=4)
    assert told.overkill(asked).words.endswith(" from 4 judged at random and 3 about which somebody asked.")


def test_what_is_unknown_says_why() -> None:
    found = told.escape(UNKNOWN)
    assert (found.value, found.interval, found.known) == ("unknown", "", False)
    assert found.words == "Nothing of 7 parts with PASS was judged at random."


def test_first_pass_yield_is_counted() -> None:
    assert told.first_pass(first_pass_yield(3, 4)).words == "3 of 4 parts passed at their first attempt; all count."


def test_all_three_in_their_order() -> None:
    figures = Figures(name="", escape=RATE, overkill=UNKNOWN, first_pass=first_pass_yield(3, 4), verdicts={})
    assert [one.sign for one in told.all_three(figures)] == ["escape", "overkill", "first-pass"]
