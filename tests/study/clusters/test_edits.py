"""The objects to be edited have the lines that are changed, and a cluster knows their fields."""

from pathlib import Path

import pytest
import yaml

from aoi_modules.cluster.schemas import wrong_fields
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import edits
from aoi_modules.study.clusters.edits import EDITS, KINDS, Edit
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.recorded import read
from aoi_modules.study.clusters.room import Room
from tests.study.clusters.programs import written

REFUSAL = r"""printf '# services "pages" was not valid:\n# * spec.port: Invalid:\n#   immutable\nport: 80\n'"""
"""Writes what kubectl opens again after a refusal."""


def test_a_cluster_would_know_all_fields() -> None:
    found = edits.objects("room", "shelf")
    assert [one["kind"] for one in found] == list(KINDS)
    assert list(wrong_fields(found, "1.37")) == []


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_each_change_finds_its_line_and_changes_its_field(edit: Edit) -> None:
    before = read().live[edit.kind]
    assert edit.old in before
    after = yaml.safe_load(before.replace(edit.old, edit.new))
    assert after != yaml.safe_load(before)


def test_a_change_is_typed_by_an_editor(tmp_path: Path) -> None:
    seen = tmp_path / "object.yaml"
    seen.write_text("port: 80\n")
    program = written(
        tmp_path / "kubectl",
        f'case "$1" in get) cat {seen} ;; edit) sh -c "$KUBE_EDITOR {seen}" && echo "service/pages edited" ;; esac',
    )
    room = Room(Kubectl(program, "kind", ""), "room")
    heard = edits.tried(room, "shelf", Edit("port", "Service", "spec.ports", "port: 80", "port: 81"))
    assert heard.said == "service/pages edited"
    assert heard.line == "kubectl edit service pages --namespace=room"
    assert seen.read_text() == "port: 81\n"


def test_a_refused_change_says_why(tmp_path: Path) -> None:
    opened = tmp_path / "object.yaml"
    opened.write_text("port: 80\n")
    program = written(
        tmp_path / "kubectl",
        f'[ "$1" = get ] && exec cat {opened}',
        f'sh -c "$KUBE_EDITOR {opened}"',
        f"{REFUSAL} > {opened}",
        f'sh -c "$KUBE_EDITOR {opened}"; echo "error: is invalid" >&2; exit 1',
    )
    room = Room(Kubectl(program, "kind", ""), "room")
    heard = edits.tried(room, "shelf", Edit("port", "Service", "spec.ports", "port: 80", "port: 81"))
    assert heard.said.splitlines() == ["spec.port: Invalid: immutable", "error: is invalid"]


def test_an_object_without_the_line_is_named(tmp_path: Path) -> None:
    room = Room(Kubectl(written(tmp_path / "kubectl", "echo 'port: 81'"), "kind", ""), "room")
    with pytest.raises(CourseError, match="has no line with 'port: 80'"):
        edits.tried(room, "shelf", Edit("port", "Service", "spec.ports", "port: 80", "port: 81"))


def test_a_class_belongs_to_no_namespace() -> None:
    assert edits.words_of("StorageClass", "room", "shelf") == ["storageclass", "shelf"]
    assert edits.words_of("Pod", "room", "shelf") == ["pod", "pages", "--namespace=room"]
