"""The timeline of versions has a bar for each state, and a key for each state that was seen."""

import pytest
from matplotlib.collections import PolyCollection

from aoi_modules.client.rollout.version_watch import Span
from aoi_modules.study.rollout.version_plots import COLOURS, version_timeline

SPANS = [Span(2, "LOADING", 1.0, 3.0), Span(2, "AVAILABLE", 3.0, 9.0), Span(1, "AVAILABLE", 0.0, 5.0)]


def test_each_version_has_a_line_and_each_state_a_bar() -> None:
    plot = version_timeline(SPANS, title="Versions")
    (axes,) = plot.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["version 1", "version 2"]
    assert (axes.get_title(), axes.get_xlabel()) == ("Versions", "seconds")
    bars = [bar for bar in axes.collections if isinstance(bar, PolyCollection)]
    reach = [(box.x0, box.x1) for box in (bar.get_paths()[0].get_extents() for bar in bars)]
    assert reach == [(1.0, 3.0), (3.0, 9.0), (0.0, 5.0)]


def test_the_key_names_the_states_that_were_seen_in_the_order_of_a_life() -> None:
    (legend,) = version_timeline(SPANS, title="").legends
    assert [text.get_text() for text in legend.get_texts()] == ["LOADING", "AVAILABLE"]


@pytest.mark.parametrize("state", list(COLOURS))
def test_every_state_of_a_server_has_a_colour(state: str) -> None:
    assert version_timeline([Span(1, state, 0.0, 1.0)], title="")._repr_png_().startswith(b"\x89PNG")
