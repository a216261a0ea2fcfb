"""Axes have room for their names, and each drawing comes in three sizes."""

import re

import pytest

from aoi_modules.gateway.doors.pages.charts.frame import SIZES, Plot, base, centres, drawn, names, plot_of, short
from aoi_modules.gateway.doors.pages.charts.markup import Svg


def test_a_drawing_is_made_for_each_size_and_says_what_it_shows() -> None:
    made = drawn("A & B", lambda size: [Svg(f"<g>{size.width:g}</g>")])
    assert [re.findall(r'class="drawing (\w+)"', drawing) for drawing in made] == [["roomy"], ["medium"], ["tight"]]
    assert all("<title>A &amp; B</title>" in drawing for drawing in made)
    assert "<g>760</g>" in made[0]


def test_names_are_left_out_where_they_would_touch_but_never_the_last_one() -> None:
    plot = plot_of(SIZES[-1], ["0%", "100%"])
    labels = [f"{day} Nov" for day in range(1, 31)]
    shown = re.findall(r">([^<]+)<", names(plot, centres(plot, 30), labels))
    assert shown[-1] == "30 Nov"
    assert 2 < len(shown) < 8
    assert re.findall(r">([^<]+)<", names(plot, centres(plot, 2), labels[:2])) == ["1 Nov", "2 Nov"]


def test_places_are_the_middles_of_equal_parts() -> None:
    assert centres(Plot(0, 100, 0, 10), 4) == [12.5, 37.5, 62.5, 87.5]
    assert base(Plot(0, 100, 0, 10)) == '<line class="axis" x1="0" x2="100" y1="10" y2="10"/>'


@pytest.mark.parametrize(
    ("name", "shown"),
    [("2026-11-03", "3 Nov"), ("2026-13-03", "2026-13-03"), ("lot 7", "lot 7"), ("a very long name", "a very long…")],
)
def test_short_names(name: str, shown: str) -> None:
    assert short(name) == shown
