"""Layers as they are drawn."""

from aoi_modules.plots import Plot
from aoi_modules.study.containers import recorded
from aoi_modules.study.containers.dockerfile import parse
from aoi_modules.study.containers.layer_drawing import MOST, built_twice, image_and_containers


def texts(plot: Plot) -> list[str]:
    return [text.get_text() for axes in plot.axes for text in axes.texts if text.get_text()]


def test_what_makes_no_files_is_no_layer() -> None:
    plot = image_and_containers(parse(f"FROM a:1\nRUN {'long ' * 20}\nUSER 1000\nCMD run"), ["one", "two"])
    found = texts(plot)
    assert found[0] == "FROM a:1"
    assert len(found[1]) == MOST
    assert found[1].endswith("…")
    assert {"one: what it writes", "two: what it writes"} <= set(found)
    assert "only written down, no layer:\nUSER 1000\nCMD run" in found
    assert "2 containers" in plot.axes[0].get_title(loc="left")


def test_of_two_builds_each_step_says_whether_it_ran() -> None:
    plot = built_twice(recorded.read().builds)
    assert len(plot.axes) == 4
    again = [text.get_text() for text in plot.axes[3].texts]
    assert again.count("from the cache") == 3
    assert again.count("was there") == 1
    assert sum(text.startswith("ran, ") for text in again) == 1
