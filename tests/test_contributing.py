"""What CONTRIBUTING.md says about checks is what the hooks, the Makefile and CI do."""

import re

import yaml

from tests.documents import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
CI = (ROOT / ".ci" / "run").read_text()


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile, each from its program on."""
    found = re.search(rf"^{target}:[^\n]*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None, target
    return [line.removeprefix("\t@").removeprefix("$(BIN)/") for line in found[1].splitlines()]


def test_a_commit_runs_make_lint_and_the_rules_of_changed_lessons() -> None:
    entries = {hook["id"]: hook["entry"] for hook in HOOKS}
    assert entries == {
        "lint": "make --no-print-directory lint",
        "lesson-rules": ".venv/bin/pytest -q tests/notebooks/test_rules.py",
    }
    assert all(hook["language"] == "system" and hook["pass_filenames"] is False for hook in HOOKS)


def test_contributing_lists_every_command_of_make_lint_and_no_other() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", CONTRIBUTING, re.MULTILINE)
    assert listed == recipe("lint")


def test_ci_runs_the_same_list_and_adds_tests_and_lessons() -> None:
    assert re.findall(r"^exec make --no-print-directory (.*)$", CI, re.MULTILINE) == [
        "lint test course PROFILE=ci PROVE=1"
    ]
    assert "make lint test course PROFILE=ci PROVE=1" in CONTRIBUTING
    github = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text())["jobs"]["check"]["steps"]
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["check"]
    assert [step["run"] for step in github if "run" in step] == ["bash .ci/run"]
    assert gitlab["script"] == ["bash .ci/run"]


def test_the_fast_tests_are_folders_of_tests() -> None:
    parts = re.findall(r"^FAST_PARTS := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    assert all(list((ROOT / "tests" / part).rglob("test_*.py")) for part in parts)
    assert not {"training", "export", "serving", "commands", "course/running"} & set(parts)


def test_help_lists_every_target_that_people_call() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
    assert set(described) == set(phony.split())
    assert "/^[a-z-]+:.*## /" in recipe("help")[0]
