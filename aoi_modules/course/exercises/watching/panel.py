"""Exercise 10.3: a panel of a Grafana dashboard as JSON, checked by what its question gets."""

import json
from typing import Any

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.watching.asking import same_answer
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.watch import Watch

INTERVAL = "$__rate_interval"
"""What Grafana replaces by a window that fits its picture."""
LEGEND = "{{component}}"
UNIT = "percentunit"
_UNITS = {
    "percent": "percent would show a share of 0.2 as 0.2%; percentunit takes shares from 0 to 1",
    "": "without a unit it shows 0.2; percentunit makes 20% of it",
}


def check_panel(text: object, watch: Watch) -> str:
    """Wants a panel that shows the share of REVIEW, by component.

    Raises:
        Hint: Grafana could not read it, or it shows something else.
    """
    panel = _read(text)
    if panel.get("type") != "timeseries":
        raise Hint(f"type: found {panel.get('type')!r}, expected 'timeseries': values over time")
    if not str(panel.get("title") or "").strip():
        raise Hint("title: found none; nobody knows what a panel without one shows")
    _check_place(panel.get("gridPos"))
    source = panel.get("datasource")
    if not isinstance(source, dict) or (source.get("type"), source.get("uid")) != ("prometheus", "prometheus"):
        raise Hint('datasource: expected {"type": "prometheus", "uid": "prometheus"}, as k8s/base/grafana names it')
    targets = panel.get("targets")
    if not isinstance(targets, list) or len(targets) != 1 or not isinstance(targets[0], dict):
        raise Hint(f"targets: found {kind(targets)}, expected a list of one target with expr and legendFormat")
    target = targets[0]
    expr = target.get("expr")
    if isinstance(expr, str) and f"[{watch.window}]" in expr:
        raise Hint(f"expr: [{watch.window}] fits one size of picture; write [{INTERVAL}], and Grafana chooses")
    asked = expr.replace(INTERVAL, watch.window) if isinstance(expr, str) else expr
    found = same_answer("expr", asked, questions.share("REVIEW", watch.window), watch)
    if str(target.get("legendFormat", "")).replace(" ", "") != LEGEND:
        raise Hint(f"legendFormat: found {target.get('legendFormat')!r}, expected {LEGEND!r}: one name a line")
    _check_unit(panel)
    shares = ", ".join(f"{one.labels.get('component')} {one.value:.0%}" for one in found)
    return f"the panel shows the share of REVIEW: {shares}"


def _read(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise Hint(f"found {kind(text)}, expected the panel as JSON text")
    if "FILL_IN" in text:
        raise Hint("there is still a FILL_IN in your panel")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        near = text[max(0, error.pos - 20) : error.pos].strip()
        raise Hint(f"this is no JSON: line {error.lineno}: {error.msg}, behind {near!r}") from None
    if not isinstance(found, dict):
        raise Hint(f"found {kind(found)}, expected one panel in braces")
    return found


def _check_place(place: object) -> None:
    names = ("h", "w", "x", "y")
    if not isinstance(place, dict) or not all(isinstance(place.get(name), int) for name in names):
        raise Hint("gridPos: expected whole numbers h, w, x and y: a dashboard is 24 columns wide")
    if not 0 < place["w"] <= 24 - place["x"]:
        raise Hint(f"gridPos: w {place['w']} at x {place['x']} does not fit the 24 columns of a dashboard")


def _check_unit(panel: dict[str, Any]) -> None:
    config = panel.get("fieldConfig")
    defaults = config.get("defaults") if isinstance(config, dict) else None
    unit = str(defaults.get("unit", "")) if isinstance(defaults, dict) else ""
    if unit != UNIT:
        why = _UNITS.get(unit, f"found {unit!r}, expected {UNIT}")
        raise Hint(f"fieldConfig.defaults.unit: {why}")
