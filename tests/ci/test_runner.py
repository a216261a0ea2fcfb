"""Files of `.ci/runner`: a runner for Docker and one for Kubernetes, whose jobs have no privilege.

No runner was here to take them. What they say is held to words of the chart and of the runner; the start script runs as
far as the first call of the runner.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docker.versions import VERSIONS
from tests.documents import ROOT

RUNNER = ROOT / ".ci" / "runner"
COMPOSE = yaml.safe_load((RUNNER / "compose.yaml").read_text())
VALUES = yaml.safe_load((RUNNER / "kubernetes.yaml").read_text())
JOBS = {
    "docker": tomllib.loads((RUNNER / "docker.toml").read_text()),
    "kubernetes": tomllib.loads(VALUES["runners"]["config"]),
}
"""What each says about jobs."""


@pytest.mark.parametrize("executor", JOBS)
def test_jobs_have_no_privilege_and_images_of_python_alone(executor: str) -> None:
    (runner,) = JOBS[executor]["runners"]
    assert "token" not in runner
    jobs = runner[executor]
    assert jobs["privileged"] is False
    assert jobs["allowed_images"] == ["python:*"]
    assert jobs["allowed_services"] == []
    assert not any("docker.sock" in volume for volume in jobs.get("volumes", []))


def test_the_runner_of_images_differs_by_what_a_user_namespace_needs_alone() -> None:
    (usual,), (images,) = (
        tomllib.loads((RUNNER / f"{name}.toml").read_text())["runners"] for name in ("docker", "images")
    )
    assert images["docker"]["allowed_images"] == ["moby/buildkit:*-rootless"]
    assert images["docker"]["security_opt"] == ["seccomp=unconfined", "apparmor=unconfined"]
    for field in ("privileged", "cap_drop", "allowed_services"):
        assert images["docker"][field] == usual["docker"][field]
    assert not any("docker.sock" in volume for volume in images["docker"].get("volumes", []))


def test_a_pod_of_a_job_is_confined() -> None:
    (runner,) = JOBS["kubernetes"]["runners"]
    jobs = runner["kubernetes"]
    assert jobs["allow_privilege_escalation"] is False
    assert jobs["automount_service_account_token"] is False
    assert jobs["pod_security_context"] == {"seccomp_profile": {"type": "RuntimeDefault"}}
    (patch,) = jobs["pod_spec"]
    assert yaml.safe_load(patch["patch"]) == {"hostUsers": False, "enableServiceLinks": False}
    assert "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=true" in runner["environment"]
    assert jobs["image"] == VERSIONS["PYTHON_IMAGE"]
    assert {"cpu_request", "memory_request", "memory_limit"} <= set(jobs)


def test_the_runner_itself_is_confined() -> None:
    assert VALUES["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert VALUES["podSecurityContext"]["runAsNonRoot"] is True
    assert VALUES["rbac"] == {"create": True, "clusterWideAccess": False}
    service = COMPOSE["services"]["runner"]
    assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    (engine,) = [volume for volume in service["volumes"] if "docker.sock" in volume]
    assert engine.startswith("${DOCKER_SOCKET:?the socket of a rootless Docker"), "never the one of root by itself"


def test_both_run_the_same_version() -> None:
    values = VALUES["image"]
    assert f"{values['image']}:{values['tag']}" == VERSIONS["GITLAB_RUNNER_IMAGE"]
    assert COMPOSE["services"]["runner"]["image"] == VERSIONS["GITLAB_RUNNER_IMAGE"]
    assert COMPOSE["services"]["runner"]["environment"]["JOB_IMAGE"] == VERSIONS["PYTHON_IMAGE"]


def test_the_token_is_in_a_secret_and_in_no_file() -> None:
    assert VALUES["runners"]["secret"] == "gitlab-runner"
    assert "runnerToken" not in VALUES
    assert COMPOSE["secrets"] == {"runner-token": {"file": "./token"}}
    ignored = subprocess.run(["git", "check-ignore", "-q", ".ci/runner/token"], cwd=ROOT, check=False)
    assert ignored.returncode == 0
    assert not re.search(r"glrt-\w", "".join(path.read_text() for path in RUNNER.iterdir() if path.name != "token"))


@pytest.mark.parametrize(("token", "said"), [("GR1348941abc", "begins with glrt-"), ("", "begins with glrt-")])
def test_a_token_of_the_old_way_is_refused_in_one_sentence(token: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token)
    done = started(tmp_path / "token")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_right_token_comes_to_the_runner(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("glrt-0123456789")
    done = started(tmp_path / "token")
    assert done.returncode == 127
    assert "gitlab-runner" in done.stderr
    assert "0123456789" not in done.stderr


def started(token: Path) -> "subprocess.CompletedProcess[str]":
    """The script of the container, on a machine without a runner."""
    environment: dict[str, Any] = {"PATH": "/usr/bin:/bin", "TOKEN_FILE": str(token), "JOB_IMAGE": "python:3.12-slim"}
    return subprocess.run(
        ["sh", str(RUNNER / "start")], env=environment, capture_output=True, text=True, check=False, cwd=os.sep
    )
