"""Elements of SVG: what is no markup is escaped, and numbers are numbers."""

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.markup import Svg, path, tag, text, together


@given(st.text(), st.text())
def test_any_text_comes_back_as_it_was_but_for_what_xml_has_no_place_for(inside: str, said: str) -> None:
    element = ElementTree.fromstring(tag("text", inside or " ", aria_label=said))
    assert len(element) == 0
    if inside.isprintable() and inside:
        assert element.text == inside
    if said.isprintable():
        assert element.attrib["aria-label"] == said


def test_markup_stays_and_text_is_escaped() -> None:
    assert tag("g", tag("title", "a < b"), "&") == "<g><title>a &lt; b</title>&amp;</g>"
    assert tag("rect", class_="x", stroke_width=1.26, y=3.0) == '<rect class="x" stroke-width="1.3" y="3"/>'
    assert tag("svg", viewBox="0 0 1 1") == '<svg viewBox="0 0 1 1"/>'
    assert together(["<", Svg("<g/>")]) == "&lt;<g/>"
    assert text("\x00").__html__() == "\ufffd"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_place_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="x: coordinate: expected a number"):
        tag("rect", x=value)
    with pytest.raises(ValueError, match="coordinate"):
        path([(0, value)])


def test_a_path_goes_through_its_points() -> None:
    assert path([(0, 1), (2.25, 3)]) == "M0 1L2.2 3"
    assert path([(0, 1), (2, 3)], closed=True) == "M0 1L2 3Z"
    assert path([]) == ""
