"""An overlay passes with the rooms that are asked for, and says what is missing without one."""

from pathlib import Path

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.lesson_10 import LOG_ROOMS, METRICS_ROOMS
from aoi_modules.course.exercises.watching.overlay import WITHOUT, check_overlay
from aoi_modules.study.clusters.kubectl import Kubectl
from tests.study.clusters.programs import written


def overlay(*rooms: str) -> str:
    lines = "".join(f"- ../../base/{room}\n" for room in rooms)
    return f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{lines}"


@pytest.mark.parametrize("rooms", [METRICS_ROOMS, LOG_ROOMS])
def test_all_rooms_pass_and_each_that_is_missing_is_told(rooms: tuple[str, ...]) -> None:
    assert f"objects of {len(rooms)} rooms; read and not applied" in check_overlay(overlay(*rooms), rooms, None)
    for room in rooms:
        others = [one for one in rooms if one != room]
        with pytest.raises(Hint) as caught:
            check_overlay(overlay(*others), rooms, None)
        assert str(caught.value) == f"resources: no {room}: {WITHOUT[room]}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "expected the file as text"),
        ("FILL_IN", "FILL_IN"),
        ("a: [", "no YAML"),
        ("7", "expected apiVersion"),
        ("kind: List", "kind: found 'List'"),
        ("kind: Kustomization\nresources: base", "expected a list of folders"),
        (overlay("prometeus"), "there is no room prometeus"),
        (overlay(*METRICS_ROOMS, "gateway"), "gateway is not asked for here"),
        (overlay(*METRICS_ROOMS).replace("../../base/grafana", "../base/grafana"), "a room is ../../base/NAME"),
    ],
)
def test_each_mistake_has_its_hint(text: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_overlay(text, METRICS_ROOMS, None)
    assert words in str(caught.value)


def test_what_a_cluster_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    kubectl = written(tmp_path / "kubectl", "echo 'error: you may not make namespaces' >&2; exit 1")
    with pytest.raises(Hint, match="you may not make namespaces"):
        check_overlay(overlay(*METRICS_ROOMS), METRICS_ROOMS, Kubectl(kubectl, "kind", "Kubernetes v1.37.1"))
