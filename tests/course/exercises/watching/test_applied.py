"""An overlay is rendered beside our files, its rooms are made first, and the rest is only read."""

from pathlib import Path

import pytest
import yaml

from aoi_modules.course.exercises.watching.applied import tried
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl
from tests.study.clusters.programs import written

TEXT = "kind: Kustomization\nresources:\n- ../../base/namespaces\n- ../../base/priorities\n- ../../base/loki\n"


def test_rooms_come_first_and_the_rest_is_kept_by_nobody(tmp_path: Path) -> None:
    kubectl = written(tmp_path / "kubectl", f'cat > "{tmp_path}/given-$3"; echo "$@" >> {tmp_path}/words')
    said = tried(Kubectl(kubectl, "kind", "Kubernetes v1.37.1"), TEXT)
    assert said.startswith("Kubernetes v1.37.1 takes all ")
    first, second = (tmp_path / "words").read_text().splitlines()
    assert first == "apply --filename=- --context=kind"
    assert second == "apply --filename=- --dry-run=server --context=kind"
    made = yaml.safe_load_all((tmp_path / "given---context=kind").read_text())
    assert {one["kind"] for one in made} == {"Namespace", "PriorityClass"}
    read = list(yaml.safe_load_all((tmp_path / "given---dry-run=server").read_text()))
    assert "StatefulSet" in {one["kind"] for one in read}


def test_what_cannot_be_rendered_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot render"):
        tried(Kubectl(tmp_path / "kubectl", "kind", "Kubernetes"), TEXT.replace("loki", "nobody"))
