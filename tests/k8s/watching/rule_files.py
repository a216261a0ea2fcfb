"""The rules of Prometheus as they are shipped, and with shorter durations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.overlays import K8S

PROMETHEUS, RUNBOOKS = K8S / "base" / "prometheus", K8S / "runbooks"
ALERTMANAGER = K8S / "base" / "alertmanager" / "alertmanager.yaml"
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
_RANGE = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True)
class Runbook:
    """The page of an alert.

    Args:
        title: of the page.
        query: that shows whether the mend worked.
        answer: of Prometheus when it did.
    """

    title: str
    query: str
    answer: float


def rule_files() -> list[Path]:
    """All files with rules."""
    return sorted(PROMETHEUS.glob("*.rules.yaml"))


def rules() -> Iterator[dict[str, Any]]:
    """All rules of all files."""
    for path in rule_files():
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def alerts() -> dict[str, dict[str, Any]]:
    """The rules that alert, by their names."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def runbook(alert: dict[str, Any]) -> Runbook:
    """Reads the page of an alert, whose last lines are one question and its answer."""
    text = (K8S.parent / alert["annotations"]["runbook"]).read_text()
    found = re.fullmatch(
        r"# (\w+)\n.*\nIt works again when this answers `(\d+)`:\n\n```console\nask '([^'\n]+)'\n```\n", text, re.DOTALL
    )
    assert found is not None, f"{alert['annotations']['runbook']}: it does not end with a question and its answer"
    return Runbook(found[1], found[3], float(found[2]))


def shortened(text: str, factor: int) -> str:
    """A duration, or an expression with ranges, in which all durations are shorter by a factor."""
    if _DURATION.fullmatch(text):
        return milliseconds(text, factor)
    return _RANGE.sub(lambda found: f"[{milliseconds(found[1], factor)}]", text)


def milliseconds(text: str, factor: int) -> str:
    """A duration such as `5m`, shorter by a factor."""
    found = _DURATION.fullmatch(text)
    assert found is not None, text
    return f"{max(int(found[1]) * _UNITS[found[2]] // factor, 1)}ms"
