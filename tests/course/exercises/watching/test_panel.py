"""A panel passes by its question's answer, and each field that Grafana needs has its hint."""

import json
from typing import Any

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.panel import check_panel
from aoi_modules.study.watching import questions, recorded

WATCH = recorded.read().watch()
EXPR = questions.share("REVIEW", "$__rate_interval")


def panel(**changed: Any) -> str:
    target = {"refId": "A", "expr": changed.pop("expr", EXPR), "legendFormat": changed.pop("legend", "{{component}}")}
    right = {
        "type": "timeseries",
        "title": "Share of REVIEW",
        "gridPos": {"h": 8, "w": 12, "x": 12, "y": 0},
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "fieldConfig": {"defaults": {"unit": changed.pop("unit", "percentunit")}, "overrides": []},
        "targets": [target],
    }
    return json.dumps(right | changed)


def test_a_right_panel_says_what_it_shows() -> None:
    assert check_panel(panel(), WATCH).startswith("the panel shows the share of REVIEW: tile ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (7, "expected the panel as JSON text"),
        ("FILL_IN", "FILL_IN"),
        ('{"type": "timeseries",}', "this is no JSON: line 1"),
        ("[]", "expected one panel in braces"),
        (panel(type="graph"), "expected 'timeseries'"),
        (panel(title=" "), "title: found none"),
        (panel(gridPos={"h": 8}), "gridPos: expected whole numbers"),
        (panel(gridPos={"h": 8, "w": 20, "x": 12, "y": 0}), "24 columns"),
        (panel(datasource="prometheus"), "datasource: expected"),
        (panel(targets=[]), "a list of one target"),
        (panel(expr=questions.share("REVIEW", WATCH.window)), "write [$__rate_interval]"),
        (panel(expr=questions.share("FAIL", "$__rate_interval")), "expr: "),
        (panel(expr=None), "expr: found"),
        (panel(legend="component"), "legendFormat: found 'component'"),
        (panel(unit="percent"), "percent would show a share of 0.2 as 0.2%"),
        (panel(unit="s"), "found 's', expected percentunit"),
        (panel(fieldConfig={}), "without a unit"),
    ],
)
def test_each_mistake_has_its_hint(text: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_panel(text, WATCH)
    assert words in str(caught.value)
