"""Every fault is found, every file can be mended in more than one way, and nothing else may change."""

from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.faults import BrokenFile, broken_files, check_mended
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters.pages import FAULTS, GROUPS
from tests.course.exercises.clusters.answers import mended

WORDS = {
    "image": "ImagePullBackOff",
    "processors": "no node has so many free",
    "claim": "waits for a claim 'drawing'",
    "settings": "wants variables of ConfigMap 'setings'",
    "module": "the module is http.server",
    "folder": "knows no --folder",
    "selector": "endpointslices shows none",
    "port": "leads to port 8080",
    "probe": "404",
    "loopback": "the pod alone",
}


def one(fault: str) -> tuple[BrokenFile, ...]:
    return (BrokenFile(fault, "lesson2-ada-2000", "tiles of ada, 2000"),)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_can_be_mended(fault: str) -> None:
    broken = one(fault)
    assert "read and not applied" in check_mended(broken, mended(broken), None)
    with pytest.raises(Hint) as hint:
        check_mended(broken, [broken[0].text], None)
    assert str(hint.value).startswith("file 1: ")
    assert WORDS[fault] in str(hint.value)


def test_a_trainee_has_one_of_each_kind_and_a_neighbour_others(tmp_path: Path) -> None:
    met = set()
    for seed in range(40):
        task = Task.of(Random(seed), tmp_path)
        broken = broken_files(task, Random(seed))
        assert all(each.fault in group for each, group in zip(broken, GROUPS, strict=True))
        met |= {each.fault for each in broken}
        check_mended(broken, mended(broken), None)
        other = broken_files(Task.of(Random(seed + 1), tmp_path), Random(seed))
        with pytest.raises(Hint, match="expected lesson2-"):
            check_mended(broken, mended(other), None)
    assert met == set(FAULTS)


def test_another_way_to_mend_is_right_as_well() -> None:
    broken = one("selector")
    text = broken[0].text.replace("app: pages", "app: page")
    assert check_mended(broken, [text], None)
    broken = one("port")
    assert check_mended(broken, [broken[0].text.replace("targetPort: 8080", "targetPort: http")], None)
    broken = one("claim")
    text = broken[0].text.replace("claimName: drawing\n", "claimName: drawings\n")
    assert check_mended(broken, [text], None)


CHANGES = [
    ("tiles of ada", "tiles of bora", "ConfigMap pages: was right before"),
    ("storage: 10Mi", "storage: 1Gi", "PersistentVolumeClaim drawings: was right before"),
    ("memory: 64Mi", "memory: 640Mi", "containers.resources: was right before"),
    ("name: settings", "name: other", "names stay as they were"),
    ("port: 80\n", "port: 81\n", "asks at port 80"),
    ("periodSeconds: 2", "periodSecond: 2", "is no field that Kubernetes knows"),
    ("kind: Service", "kind: Servis", "found the kinds"),
]


@pytest.mark.parametrize(("old", "new", "words"), CHANGES)
def test_other_changes_are_refused(old: str, new: str, words: str) -> None:
    broken = one("image")
    (right,) = mended(broken)
    assert old in right
    with pytest.raises(Hint) as hint:
        check_mended(broken, [right.replace(old, new)], None)
    assert words in str(hint.value)


@pytest.mark.parametrize(
    ("broken", "files", "words"),
    [((), [], "expected the three"), (one("image"), [], "expected a list of 1"), (one("image"), [None], "as text")],
)
def test_what_is_no_answer_is_refused(broken: object, files: object, words: str) -> None:
    with pytest.raises(Hint, match=words):
        check_mended(broken, files, None)
