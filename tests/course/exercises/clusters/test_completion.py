"""A new shell reads the lines, and Tab is pressed in it."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.completion import alias_of, check_completion
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters import release
from tests.course.exercises.clusters.answers import bashrc


@pytest.mark.skipif(release.here()[0] is None, reason="no kubectl on this machine")
def test_kubectl_itself_completes(task: Task) -> None:
    said = check_completion(bashrc(task), task)
    assert "k rollout" in said
    assert "; kubectl" not in said


@pytest.mark.usefixtures("no_kubectl")
def test_without_a_kubectl_a_stand_in_completes_and_is_said(task: Task) -> None:
    assert "had a stand-in" in check_completion(bashrc(task), task)


MISTAKES = [
    ("source /usr/share/bash-completion/bash_completion\n", "", "bash-completion comes first"),
    ("source <(kubectl completion bash)\n", "", "nothing asks kubectl"),
    ("completion bash", "completion zsh", "found zsh"),
    ("source <(", "source < (", "a space between < and ("),
    ("alias k=kubectl", "alias k = kubectl", "knows no k"),
    ("alias k=kubectl", "alias k=kubectx", "found k='kubectx'"),
    ("complete -o default -F __start_kubectl k\n", "", "Tab behind k completes nothing"),
    ("-F __start_kubectl k", "-F _start_kubectl k", "Tab behind k completes nothing"),
    ("alias {second}=", "alias other=", "knows no {second}"),
    ("--namespace {task.namespace}", "--namespace default", "expected kubectl --namespace"),
]


@pytest.mark.usefixtures("no_kubectl")
@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_wrong_way_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    right = bashrc(task)
    wrong = right.replace(old.format(task=task, second=alias_of(task)), new)
    assert wrong != right
    with pytest.raises(Hint) as hint:
        check_completion(wrong, task)
    assert words.format(second=alias_of(task)) in str(hint.value)


def test_what_is_no_text_is_refused(task: Task) -> None:
    with pytest.raises(Hint, match="as text"):
        check_completion(None, task)
    with pytest.raises(Hint, match="still open"):
        check_completion("FILL_IN", task)
