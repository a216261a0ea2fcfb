"""Each fault of a node exporter's file is found, and the mended file passes."""

from random import Random

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.exporter import NodeFile, check_node_file
from aoi_modules.study.watching.node_files import FAULTS, RIGHT

WORDS = {
    "selector": "finds no pod; the pods have",
    "port": "Prometheus asks for _metrics._tcp",
    "headless": "clusterIP: None leads to each pod",
    "disks": "nobody tells the exporter where",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_can_be_mended(fault: str) -> None:
    given = NodeFile(fault)
    assert given.seen
    with pytest.raises(Hint) as caught:
        check_node_file(given, given.text)
    assert WORDS[fault] in str(caught.value)
    assert check_node_file(given, RIGHT)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (", readOnly: true", "", "mounted read-only"),
        ("      tolerations:\n      - operator: Exists\n", "", "its tolerations are gone"),
        ("kind: Service", "kind: ConfigMap", "found the kinds"),
        ("  namespace: nodes\nspec:\n  clusterIP", "  namespace: other\nspec:\n  clusterIP", "node-exporter.nodes"),
        ("--path.rootfs=/host", "--path.rootfs=/", "nobody tells the exporter where"),
        ("selector: {app: node-exporter}\n  ports", "selector: {}\n  ports", "finds no pod"),
    ],
)
def test_what_else_may_go_wrong_is_said(old: str, new: str, words: str) -> None:
    assert RIGHT.count(old) == 1
    with pytest.raises(Hint) as caught:
        check_node_file(NodeFile("port"), RIGHT.replace(old, new))
    assert words in str(caught.value)


def test_neighbours_get_other_faults() -> None:
    assert {NodeFile.of(Random(seed)).fault for seed in range(40)} == set(FAULTS)


@pytest.mark.parametrize("answer", [None, 7, "", "a: [", "a"])
def test_what_is_no_file_gets_a_hint(answer: object) -> None:
    with pytest.raises(Hint):
        check_node_file(NodeFile("port"), answer)
    with pytest.raises(Hint, match="leave it as it is"):
        check_node_file(None, answer)
