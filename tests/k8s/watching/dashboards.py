"""The dashboards of Grafana, as files, and what their panels ask."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.cluster.overlays import K8S

GRAFANA = K8S / "base" / "grafana"
UNSEEN = ("kube_", "DCGM_")
"""How metrics begin that nobody here makes: there is no cluster with kube-state-metrics, and no GPU."""


@dataclass(frozen=True)
class Question:
    """What a panel asks.

    Args:
        panel: dashboard and title, for people.
        text: in PromQL, or in SQL.
        in_sql: whether it is SQL.
    """

    panel: str
    text: str
    in_sql: bool

    @property
    def seen(self) -> bool:
        """Whether somebody here makes the metrics."""
        return not any(word in self.text for word in UNSEEN)


def dashboards() -> list[dict[str, Any]]:
    """All of them."""
    return [json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))]


def questions(*, in_sql: bool) -> Iterator[Question]:
    """All questions of all panels in one of the two languages."""
    for dashboard in dashboards():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                text = target.get("rawSql") or target["expr"]
                if ("rawSql" in target) is in_sql:
                    yield Question(f"{dashboard['title']}: {panel['title']}", text, in_sql)
