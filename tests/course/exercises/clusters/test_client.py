"""The script is really run: with a good release, with a damaged one, and with each step missing."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.client import check_client, programs_of
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters import release
from tests.course.exercises.clusters.answers import script


@pytest.mark.skipif(release.here()[0] is None, reason="no kubectl on this machine")
def test_kubectl_itself_is_installed(task: Task) -> None:
    assert "kubectl itself" in check_client(script(task), task)


@pytest.mark.usefixtures("no_kubectl")
def test_without_a_kubectl_a_stand_in_is_installed_and_said(task: Task) -> None:
    assert "a stand-in, since no kubectl is here" in check_client(script(task), task)


@pytest.mark.usefixtures("no_kubectl")
def test_joined_steps_stop_as_well(task: Task) -> None:
    steps = script(task).splitlines()[1:]
    assert check_client(" && ".join(steps), task)


MISTAKES = [
    ("set -e\n", "", "the script goes on, so it lies in PATH"),
    ("chmod +x kubectl\n", "", "Permission denied"),
    ("mv kubectl ~/{programs}/", "mv kubectl ~/{programs}/kubectl-new", "brings no kubectl"),
    ("mv kubectl ~/{programs}/", "mkdir ~/tools; mv kubectl ~/tools/", "~/tools/kubectl, which is not in PATH"),
    ("amd64/kubectl\n", "amd64/kubctl\n", "brings no kubectl"),
    ("kubectl version --client\n", "", "does not say which version"),
    ("$RELEASES", "https://dl.k8s.io/release", "write $RELEASES in its place"),
    ("$RELEASES", "/srv", "found no $RELEASES"),
    ("mv kubectl", "sudo mv kubectl", "found sudo"),
    ('echo "$(cat kubectl.sha256)  kubectl" | sha256sum --check\n', "", "nothing compares the checksum"),
    ("set -e\n", "FILL_IN\n", "still open"),
    ("kubectl version --client\n", "kubectl version --client\nfalse\n", "ends with 1"),
]


@pytest.mark.usefixtures("no_kubectl")
@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_wrong_way_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    names = {"programs": programs_of(task)}
    right = script(task)
    wrong = right.replace(old.replace("{programs}", names["programs"]), new.replace("{programs}", names["programs"]))
    assert wrong != right
    with pytest.raises(Hint) as hint:
        check_client(wrong, task)
    assert words in str(hint.value)


def test_what_is_no_script_is_refused(task: Task) -> None:
    with pytest.raises(Hint, match="expected the script as text"):
        check_client(None, task)
