"""Templates: what comes from people is text, and how scores and times are written."""

import sys
from datetime import UTC, datetime

import pytest

from aoi_modules.errors import MissingExtra
from aoi_modules.gateway.doors.pages import rendering


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.500"),
        (0.0, "0.000"),
        (1.0, "1.000"),
        (0.00001234, "1.2e-05"),
        (None, "no number"),
        (1234.5, "1234.500"),
    ],
)
def test_a_score_is_read_at_a_glance(value: float | None, text: str) -> None:
    assert rendering.score(value) == text


def test_times_are_the_plants() -> None:
    moment = datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)
    assert rendering.clock(moment, "Europe/Berlin") == "00:30:05"
    assert rendering.day(moment, "Europe/Berlin") == "2026-07-02 00:30:05"


def test_without_jinja2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)  # as if it were not there
    rendering._environment.cache_clear()
    with pytest.raises(MissingExtra, match="needs the package jinja2"):
        rendering.rendered("refused.html.j2")
