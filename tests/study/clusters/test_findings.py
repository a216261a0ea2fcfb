"""Of a description only the events are shown; what was silent says so."""

from aoi_modules.study.clusters.findings import WIDTH, findings
from aoi_modules.study.clusters.heard import Heard


def test_a_description_is_cut_to_its_events() -> None:
    heard = [
        Heard(line="kubectl describe pods", said="Name: a\nEvents: none\nNode: b\nEvents:\n  Warning  Failed"),
        Heard(line="kubectl logs a", said=""),
        Heard(line="kubectl get pods", said="word " * 40),
    ]
    described, silent, long = findings(heard).split("\n\n")
    assert described.splitlines() == ["$ kubectl describe pods", "...", "Events:", "  Warning  Failed"]
    assert silent.splitlines()[1] == "(nothing)"
    assert all(len(line) <= WIDTH for line in long.splitlines())
