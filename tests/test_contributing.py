"""What CONTRIBUTING.md says about checks is what the hooks, the Makefile and CI do."""

import os
import re
import shlex
import subprocess

import click
import yaml

from aoi_modules.cli import aoi
from tests.docker.versions import IMAGES
from tests.documents import ROOT
from tests.services import SERVICES

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
    assert re.findall(
        r"^\[ \$# -gt 0 \] \|\| set -- (.*)\nexec make --no-print-directory \"\$@\"$", CI, re.MULTILINE
    ) == ["lint test-services test-slow test course PROFILE=ci PROVE=1"]
    assert "make lint test-services test-slow test course PROFILE=ci PROVE=1" in CONTRIBUTING
    github = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text())["jobs"]["check"]["steps"]
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["check"]
    assert [step["run"] for step in github if "run" in step] == ["bash .ci/run"]
    assert gitlab["script"] == ["bash .ci/run"]


def test_a_schedule_tries_the_newest_versions_that_are_allowed() -> None:
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["newest"]
    github = yaml.safe_load((ROOT / ".github" / "workflows" / "newest.yml").read_text())
    steps = [step["run"] for step in github["jobs"]["newest"]["steps"] if "run" in step]
    assert gitlab["script"] == steps == ["bash .ci/run newest", "bash .ci/run"]
    assert gitlab["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert github[True]["schedule"], "YAML takes `on` for true"
    assert "lock LOCK=--upgrade" in recipe("newest")[0]
    assert "$(LOCK)" in recipe("lock")[0]


def test_the_newest_digests_are_those_of_all_images() -> None:
    (command,) = [line for line in recipe("newest") if line.startswith("set -e; sed")]
    sed = command.removeprefix("set -e; ").partition(" |")[0]
    found = subprocess.run(sed, shell=True, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert dict(line.split(" ") for line in found.splitlines()) == IMAGES


def parsed(command: click.Command, words: list[str], name: str = "aoi") -> str:
    """The name of the command that takes these words; it raises where it does not know one of them."""
    if not isinstance(command, click.Group):
        command.make_context(name, words)
        return name
    own, found, rest = command.resolve_command(click.Context(command), words)
    assert own is not None
    assert found is not None
    return parsed(found, rest, own)


def test_the_model_pipeline_of_gitlab_calls_commands_as_they_are() -> None:
    """Each line is parsed by the command that it calls; a flag that is not there ends it."""
    jobs = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    assert jobs[".model"]["image"] == jobs["check"]["image"]
    assert jobs[".model"]["when"] == "manual"
    called = []
    for job in ("candidate", "take over"):
        assert jobs[job]["extends"] == ".model"
        for line in jobs[job]["script"]:
            program, *words = shlex.split(line)
            assert program == "aoi"
            called.append(parsed(aoi, words))
    assert called == ["dataset", "train", "export", "push", "promote", "promote"]
    lock = jobs[".model"]["before_script"][-1]
    assert "--constraint requirements.lock" in lock


def test_services_are_listed_and_ci_installs_those_that_are_missing() -> None:
    assert re.findall(r"^\| ([^|]+) \| `([^`]+)` \|$", CONTRIBUTING, re.MULTILINE) == [
        (service.name, service.package) for service in SERVICES
    ]
    installed = re.findall(r"missing\+=\(([^)]+)\)", CI)
    others = {"make", "python3-venv", "skopeo", "libatomic1"}
    assert set(installed) - others == {service.package for service in SERVICES}


def test_each_test_runs_once_in_ci_and_the_floor_is_under_all_of_them() -> None:
    parts = {target: dry_run(target, CI="true") for target in ("test-services", "test-slow", "test")}
    wanted = {target: re.findall(r"-m ('[^']*'|\w+)", command) for target, command in parts.items()}
    assert wanted == {
        "test-services": ["services"],
        "test-slow": ["'slow and not services'"],
        "test": ["'not slow and not services'"],
    }
    assert [("--cov-append" in command) for command in parts.values()] == [False, True, True]
    assert [("--cov-fail-under=0" in command) for command in parts.values()] == [True, True, False]
    assert all("--cov " in command for command in parts.values())


def test_elsewhere_the_tests_leave_out_the_slow_ones_alone() -> None:
    command = dry_run("test", CI="")
    assert "-m 'not slow'" in command
    assert "--cov" not in command


def dry_run(target: str, **values: str) -> str:
    """The last command of a target, as make would run it."""
    command = ["make", "--no-print-directory", "--dry-run", "--assume-old", ".venv/.installed", target]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **values}, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_the_fast_tests_are_folders_of_tests() -> None:
    parts = re.findall(r"^FAST_PARTS := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    assert all(list((ROOT / "tests" / part).rglob("test_*.py")) for part in parts)
    assert not {"training", "export", "serving", "commands", "course/running"} & set(parts)


def test_help_lists_every_target_that_people_call() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
    assert set(described) == set(phony.split())
    assert "/^[a-z-]+:.*## /" in recipe("help")[0]
