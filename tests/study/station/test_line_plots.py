"""Plots of a line show every component, every version, every answer, and no more than was counted."""

from typing import Any

from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.study.station import line_plots
from aoi_modules.study.station.cameras import CameraAnswer
from aoi_modules.verdict import Verdict


def inspection(component: str, model: str, verdict: Verdict) -> Inspection:
    return Inspection(component=component, verdict=verdict, model=ModelVersion(name=model, version=1), heads=())


def legend(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_each_component_has_a_bar_with_its_verdicts() -> None:
    found = [inspection("tile", "tile", Verdict.PASS)] * 3 + [inspection("tile", "tile", Verdict.FAIL)]
    found.append(inspection("board", "pcb", Verdict.REVIEW))
    plot = line_plots.verdicts_by_component(found, title="A folder")
    (axes,) = plot.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["tile\nmodel tile", "board\nmodel pcb"]
    widths = {bars.get_label(): [bar.get_width() for bar in bars] for bars in axes.containers}
    assert widths == {"PASS": [3, 0], "REVIEW": [0, 1], "FAIL": [1, 0]}
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_each_picture_of_a_unit_is_a_dot_of_its_version() -> None:
    plot = line_plots.versions_by_unit({"N1": [1, 1], "N2": [2, 1], "N3": [2]}, title="A canary")
    (axes,) = plot.axes
    assert legend(axes) == ["version 1", "version 2"]
    drawn: list[Any] = list(axes.collections)
    dots = [sorted(map(tuple, one.get_offsets().tolist())) for one in drawn]
    assert dots == [[(0, 0), (0, 1), (1, 1)], [(1, 0), (2, 0)]]
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_each_component_has_a_panel_that_says_what_it_lost() -> None:
    answers = [
        CameraAnswer("tile", 0.1, 0.01, 200), CameraAnswer("board", 0.1, 0.01, 200),
        CameraAnswer("board", 0.5, 0.01, 503), CameraAnswer("board", 0.9, 0.01, 0),
    ]  # fmt: skip
    plot = line_plots.answers_by_component(answers, away=(0.4, 0.8), title="A server dies")
    assert [axes.get_title(loc="left") for axes in plot.axes] == [
        "board: 3 pictures, 2 without a verdict",
        "tile: 1 pictures, 0 without a verdict",
    ]
    assert [text.get_text() for text in plot.legends[0].get_texts()] == ["0", "200", "503"]
    assert plot._repr_png_().startswith(b"\x89PNG")


def said(score: float, verdict: str, version: int, threshold: float) -> dict[str, Any]:
    head = {"name": "defect", "score": score, "threshold": threshold}
    return {"verdict": verdict, "model": {"version": version}, "heads": [head]}


def test_line_and_shadow_are_compared_by_verdict_each_with_its_threshold() -> None:
    pairs = [
        (said(0.1, "PASS", 1, 0.5), said(0.2, "PASS", 2, 0.3)),
        (said(0.4, "PASS", 1, 0.5), said(0.4, "FAIL", 2, 0.3)),
    ]
    plot = line_plots.line_and_shadow(pairs, "defect", title="A shadow")
    assert legend(plot.axes[0]) == [
        "same verdict: 1", "other verdict: 1", "threshold of version 1: 0.500", "threshold of version 2: 0.300",
    ]  # fmt: skip
    assert plot._repr_png_().startswith(b"\x89PNG")
