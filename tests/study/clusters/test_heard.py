"""A line and what was said to it, without what nobody else can use."""

import subprocess

from aoi_modules.study.clusters.heard import Heard


def test_what_was_said_is_kept_without_places_of_copies() -> None:
    copy = 'A copy of your changes has been stored to "/tmp/kubectl-edit-1.yaml"\n'
    said = f'error: pods "a" is invalid   \n{copy}error: no\n'
    heard = Heard.of(["edit", "pod", "a b"], subprocess.CompletedProcess([], 1, "", said))
    assert heard.line == "kubectl edit pod 'a b'"
    assert heard.said == 'error: pods "a" is invalid\nerror: no'
    assert heard.refused
    assert str(heard).startswith("$ kubectl edit")


def test_what_was_agreed_to_is_no_refusal() -> None:
    assert not Heard.of(["get"], subprocess.CompletedProcess([], 0, "a\n", "")).refused
