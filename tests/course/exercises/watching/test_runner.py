"""A runner's values pass without a token and without privilege; ours do, too."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.runner import check_runner
from tests.documents import ROOT

GITLAB = "https://gitlab.example.com"
OURS = (ROOT / ".ci" / "runner" / "kubernetes.yaml").read_text()


def test_our_own_values_pass() -> None:
    assert "its token in the Secret gitlab-runner" in check_runner(OURS.replace("glrt-...", "the token"), GITLAB)


PLAIN = OURS.replace("glrt-...", "the token")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (GITLAB, "https://other.example.com", "gitlabUrl: found"),
        ("replicas: 1", "runnerToken: glrt-abc_1", "a token glrt-... stands in the file"),
        ("replicas: 1", "runnerRegistrationToken: abc", "runnerRegistrationToken: a token in the values"),
        ("secret: gitlab-runner", "name: runner", "runners.secret: found none"),
        ("tag: alpine-v18.4.0", "tag: latest", "image.tag: found latest"),
        ("clusterWideAccess: false", "clusterWideAccess: true", "a Role in its own namespace is enough"),
        (
            "allowPrivilegeEscalation: false",
            "allowPrivilegeEscalation: true",
            "allowPrivilegeEscalation: expected false",
        ),
        ("        privileged = false", "        privileged = true", "root of its node"),
        ("allow_privilege_escalation = false", "allow_privilege_escalation = true", "gets by sudo"),
        ("automount_service_account_token = false", "automount_service_account_token = true", "no key of the cluster"),
        ('        memory_limit = "8Gi"\n', "", "takes the memory of all others"),
        ("[[runners]]", "[[runners]", "this is no TOML"),
        ("runners.kubernetes", "runners.docker", "[runners.kubernetes] below it"),
        ("  config: |", "  config: FILL_IN #", "FILL_IN"),
    ],
)
def test_each_mistake_has_its_hint(old: str, new: str, words: str) -> None:
    assert old in PLAIN
    with pytest.raises(Hint) as caught:
        check_runner(PLAIN.replace(old, new), GITLAB)
    assert words in str(caught.value)


@pytest.mark.parametrize("answer", [None, 7, "", "a: [", "gitlabUrl: https://gitlab.example.com"])
def test_what_is_no_file_gets_a_hint(answer: object) -> None:
    with pytest.raises(Hint):
        check_runner(answer, GITLAB)
