"""kubectl is asked in its own words, and says why there is no cluster."""

from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl, ask, client_version, last_line
from tests.study.clusters.programs import written


def test_without_a_name_no_cluster_is_asked() -> None:
    with pytest.raises(CourseError, match="no cluster was named"):
        Kubectl.find("")


def test_without_kubectl_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(CourseError, match="there is no kubectl here"):
        Kubectl.find("kind")


def test_a_cluster_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "kubectl", 'echo \'{"clientVersion": {"gitVersion": "v1.37.1"}}\'', "echo refused >&2; exit 1")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(CourseError, match="no cluster answers: refused"):
        Kubectl.find("kind")


def test_a_cluster_that_answers_has_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(
        tmp_path / "kubectl",
        'echo \'{"clientVersion": {"gitVersion": "v1.37.1"}, "serverVersion": {"gitVersion": "v1.36.0"}}\'',
    )
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    found = Kubectl.find("kind")
    assert found.name == "Kubernetes v1.36.0"
    assert client_version(found.program) == "v1.37.1"


def test_words_context_text_and_editor_reach_it(tmp_path: Path) -> None:
    program = written(tmp_path / "kubectl", 'echo "$@"', "cat", 'echo "$KUBE_EDITOR"')
    kubectl = Kubectl(program, "kind", "Kubernetes v1.37.1")
    done = kubectl.ask("apply", "--filename=-", given="text\n", editor="sed -i s/a/b/")
    assert done.stdout.splitlines() == ["apply --filename=- --context=kind", "text", "sed -i s/a/b/"]
    assert kubectl.wanted("get", "pods").splitlines()[0] == "get pods --context=kind"


def test_a_refusal_comes_in_its_own_words(tmp_path: Path) -> None:
    program = written(tmp_path / "kubectl", "echo 'error: no such thing' >&2", "exit 1")
    with pytest.raises(CourseError, match=r"^no such thing"):
        Kubectl(program, "kind", "").wanted("get", "things")
    silent = written(tmp_path / "silent", "exit 1")
    assert last_line(ask(silent)) == "it said nothing"
    assert client_version(silent) == ""


def test_no_end_in_time_is_said(tmp_path: Path) -> None:
    program = written(tmp_path / "kubectl", "exec sleep 60")
    with pytest.raises(CourseError, match=r"kubectl get pods: no end within 0\.2 s"):
        ask(program, "get", "pods", seconds=0.2)
