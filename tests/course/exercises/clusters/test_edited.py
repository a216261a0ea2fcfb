"""Edits of real objects of a cluster: the right ones pass, each wrong way has its hint."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.edited import EditTask, check_edits
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.recorded import read
from tests.course.exercises.clusters.answers import edited
from tests.study.clusters.programs import written

SEEN = read()


@pytest.fixture
def changes(task: Task) -> EditTask:
    return EditTask.of(Random(7), task, SEEN.live)


def checked(task: object, given: dict[str, Any]) -> None:
    texts = {"Pod": given["pod"], "StorageClass": given["storage_class"], "Service": given["service"]}
    check_edits(task, texts, given["refused"], given["file"], SEEN.edits)


@pytest.mark.parametrize("seed", range(20))
def test_every_task_can_be_solved_and_no_neighbours_answer_fits(tmp_path: Path, seed: int) -> None:
    own, other = (EditTask.of(Random(one), Task.of(Random(one), tmp_path), SEEN.live) for one in (seed, seed + 1))
    checked(own, edited(own))
    with pytest.raises(Hint):
        checked(own, edited(other))


def test_each_task_has_changes_that_are_refused_and_others(changes: EditTask) -> None:
    assert len(changes.tried) == 8
    assert {SEEN.edits[name].refused for name in changes.tried} == {True, False}


MISTAKES = [
    ("pod", "image: python:", "image: other:", "spec.containers.0.image: found 'other:"),
    ("pod", "containerPort: 8000", "containerPort: 9000", "is a field that the cluster refuses"),
    ("pod", 'line: "7"', 'line: "8"', "is not what the task asks for"),
    ("pod", "phase: Running", "phase: Failed", "tells what is, not what shall be"),
    ("pod", "kind: Pod", "kind: Pot", "expected the whole object"),
    ("pod", "kind: Pod", "kind: [Pod", "this is no YAML"),
    ("storage_class", "allowVolumeExpansion: true", "allowVolumeExpansion: 1", "expected True"),
    ("storage_class", "reclaimPolicy: Retain", "reclaimPolicy: Delete", "is a field that the cluster refuses"),
    ("service", "type: ClusterIP", "type: NodePort", "is not what the task asks for"),
    ("service", "clusterIP: 10.", "clusterIP: 11.", "is a field that the cluster refuses"),
    ("file", "metadata:\n", "metadata:\n  uid: abc\n", "metadata.uid is the cluster's"),
    ("file", "spec:\n", "spec:\n  clusterIP: 10.96.0.9\n", "spec.clusterIP was chosen by the cluster"),
    ("file", "app: pages", "app: page", "spec.selector.app differs"),
    ("file", "spec:\n", "status: {loadBalancer: {}}\nspec:\n", "status is the cluster's"),
]


@pytest.mark.parametrize(("name", "old", "new", "words"), MISTAKES)
def test_a_wrong_way_gets_its_hint(changes: EditTask, name: str, old: str, new: str, words: str) -> None:
    given = edited(changes)
    right = str(given[name])
    given[name] = right.replace(old, new, 1)
    assert given[name] != right
    with pytest.raises(Hint) as hint:
        checked(changes, given)
    assert words in str(hint.value)


@pytest.mark.parametrize("name", ["pod", "storage_class", "service", "file"])
def test_what_was_left_as_it_was_is_named(changes: EditTask, name: str) -> None:
    given = edited(changes)
    kind = {"pod": "Pod", "storage_class": "StorageClass", "service": "Service"}.get(name)
    given[name] = changes.live[kind] if kind else changes.file
    with pytest.raises(Hint, match="expected"):
        checked(changes, given)


def test_refusals_are_named_one_by_one(changes: EditTask) -> None:
    given = edited(changes)
    right = list(given["refused"])
    taken = next(name for name in changes.tried if name not in right)
    for wrong, words in (
        (right[1:], "is missing"),
        ([*right, taken], "the cluster takes"),
        (["all"], "is none of the changes"),
        (None, "expected a list of names"),
    ):
        given["refused"] = wrong
        with pytest.raises(Hint, match=words):
            checked(changes, given)


def test_without_a_cluster_or_its_leave_the_objects_are_recorded_ones(task: Task, tmp_path: Path) -> None:
    assert EditTask.prepared(Random(7), task, None, SEEN.live) == EditTask.of(Random(7), task, SEEN.live)
    program = written(
        tmp_path / "kubectl", 'case "$1" in replace) echo "error: storageclasses is forbidden" >&2; exit 1; esac'
    )
    refused = EditTask.prepared(Random(7), task, Kubectl(program, "kind", "Kubernetes v1.37.1"), SEEN.live)
    assert refused.on is None
    assert "storageclasses is forbidden" in refused.note


def test_objects_of_a_cluster_are_the_readers(task: Task, tmp_path: Path) -> None:
    for name, text in SEEN.live.items():
        (tmp_path / name.lower()).write_text(text)
    program = written(tmp_path / "kubectl", f'case "$1" in get) cat {tmp_path}/"$2" ;; esac')
    own = EditTask.prepared(Random(7), task, Kubectl(program, "kind", "Kubernetes v1.37.1"), {})
    assert own.on is not None
    assert own.live == SEEN.live
    assert own.note == "these objects are yours, in Kubernetes v1.37.1"


def test_another_thing_in_place_of_the_task_is_refused(changes: EditTask) -> None:
    with pytest.raises(Hint, match="leave it as it is"):
        checked({}, edited(changes))
