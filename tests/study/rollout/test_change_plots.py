"""Plots of a change show every version, every failure, and no more than was counted."""

import numpy as np
import pytest

from aoi_modules.client.measuring.load import TimedCall
from aoi_modules.client.rollout.canary import Pair
from aoi_modules.study.rollout import change_plots

ANSWERS = [
    TimedCall(0.1, 0.01, version=1), TimedCall(0.2, 0.01, version=2), TimedCall(0.25, 0.01, version=7),
    TimedCall(0.3, 0.5, "UNAVAILABLE"),
]  # fmt: skip


def legend(axes: object) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]  # type: ignore[attr-defined]


def test_answers_are_drawn_by_version_with_the_failures() -> None:
    plot = change_plots.answers_over_time({"newest": ANSWERS, "stable": []}, title="A change", events={"copied": 0.15})
    newest, stable = plot.axes
    assert legend(newest) == ["version 1", "version 2", "version 7", "failed"]
    assert newest.get_title(loc="left") == "newest: 4 calls, 1 failed"
    assert stable.get_title(loc="left") == "stable: 0 calls, 0 failed"
    assert plot._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [
        ([0.049, 0.051], ["20", "50", "100"]),
        ([0.0031, 0.009], ["2", "5", "10"]),
        ([0.01], ["10", "20"]),
        ([0.0, 0.4], ["0.001", "1", "500"]),
    ],
)
def test_the_calls_lie_between_two_ticks_that_are_written(seconds: list[float], ticks: list[str]) -> None:
    calls = [TimedCall(0.1, one, version=1) for one in seconds]
    plot = change_plots.answers_over_time({"newest": calls}, title="A change")
    plot._repr_png_()
    (axes,) = plot.axes
    written = [label.get_text() for label in axes.get_yticklabels()]
    assert (written[0], written[-1]) == (ticks[0], ticks[-1])
    assert set(ticks) <= set(written)


def test_a_canary_is_compared_by_verdict_each_with_its_own_threshold() -> None:
    scores = [(0.1, 0.1), (0.6, 0.6), (0.6, 0.9)]
    pairs = [
        Pair(str(old), {"defect": np.array([old])}, {"defect": np.array([new])}, 0.01, 0.02) for old, new in scores
    ]
    plot = change_plots.canary(pairs, "defect", (0.5, 0.7), title="A canary")
    assert legend(plot.axes[0]) == ["same verdict: 2", "other: 1"]
    assert legend(plot.axes[1]) == ["stable", "canary"]
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_buckets_show_what_came_between_two_readings() -> None:
    bounds = [10.0, 18.0, 32.4, 58.3, np.inf]
    before = dict(zip(bounds, [1, 5, 5, 5, 5], strict=True))
    after = dict(zip(bounds, [1, 6, 9, 9, 10], strict=True))
    axes = change_plots.latency_buckets(before, after, title="Latency").axes[0]
    assert [round(bar.get_height()) for bar in axes.containers[0]] == [0, 1, 3, 0, 1]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.01", "0.018", "0.0324", "0.0583", "more"]
    empty = change_plots.latency_buckets({}, dict.fromkeys(bounds, 0.0), title="Nothing")
    assert empty._repr_png_().startswith(b"\x89PNG")
