"""The job that builds our images without a privilege: `.ci/images`, and how GitLab and GitHub call it.

No BuildKit was here. The script runs as far as its first call, whose words are held to those of `aoi docker build`.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from aoi_modules.cluster.local.building import builds
from tests.docker.versions import VERSIONS
from tests.documents import ROOT

SCRIPT = ROOT / ".ci" / "images"
IMAGE = VERSIONS["BUILDKIT_IMAGE"]
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
GITHUB: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "images.yml").read_text())
WITHOUT_SANDBOX = "--oci-worker-no-process-sandbox"
"""Of BuildKit's: a sandbox of processes would need a privilege."""
WORDS = re.compile(r"\bprivileged\b|docker\.sock|cap.add|\bdind\b|insecure")


def called(folder: Path, *names: str, **environment: str) -> "tuple[subprocess.CompletedProcess[str], list[list[str]]]":
    """How the script ended, and the words of each of its calls."""
    (folder / "buildctl-daemonless.sh").write_text(
        f'#!/bin/sh\nfor word; do echo "$word"; done >>{folder}/said\necho >>{folder}/said\n'
    )
    (folder / "buildctl-daemonless.sh").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(SCRIPT), *names], env={"PATH": path, **environment}, capture_output=True, text=True, check=False
    )
    said = folder / "said"
    return done, [part.splitlines() for part in said.read_text().split("\n\n") if part] if said.exists() else []


def test_it_builds_what_aoi_docker_build_builds(tmp_path: Path) -> None:
    done, calls = called(tmp_path, REVISION="abc", PUSH_TO="registry.example.com/aoi", TAG="0.9")
    assert done.returncode == 0, done.stderr
    said = []
    for words in calls:
        options = dict(word.removeprefix("--opt=").split("=", 1) for word in words if word.startswith("--opt="))
        (output,) = [word for word in words if word.startswith("--output=")]
        name = output.removeprefix("--output=type=image,name=registry.example.com/").removesuffix(",push=true")
        given = {key.removeprefix("build-arg:"): text for key, text in options.items() if key != "target"}
        said.append((name, options["target"], given))
        assert {"--local=context=.", "--local=dockerfile=docker", "--frontend=dockerfile.v0"} <= set(words)
    assert said == [
        (
            one.name,
            _value(one.words, "--target"),
            dict(word.removeprefix("--build-arg=").split("=", 1) for word in one.words if "build-arg" in word),
        )
        for one in builds(ROOT, tag="0.9", revision="abc")
    ]


def _value(words: "tuple[str, ...]", flag: str) -> str:
    (found,) = [word.partition("=")[2] for word in words if word.startswith(f"{flag}=")]
    return found


def test_without_a_place_nothing_is_pushed_and_the_tag_is_the_version(tmp_path: Path) -> None:
    done, calls = called(tmp_path, "gateway")
    assert not any("--output" in word for words in calls for word in words)
    (one,) = builds(ROOT, ["gateway"])
    assert done.stdout == f"{one.name.removeprefix('aoi/')}\n"


def test_an_image_that_is_none_is_named(tmp_path: Path) -> None:
    done, calls = called(tmp_path, "gatewya")
    assert (done.returncode, calls) == (2, [])
    assert done.stderr == "gatewya: expected gateway, model-server, model-sync, trainer, jupyter or jupyter-gpu\n"


def test_gitlab_runs_it_in_buildkits_own_image_by_a_runner_of_its_own() -> None:
    job = GITLAB["images"]
    assert job["image"] == {"name": IMAGE, "entrypoint": [""]}
    assert job["tags"] == ["images"]
    assert job["variables"]["BUILDKITD_FLAGS"] == WITHOUT_SANDBOX
    assert job["script"] == ["sh .ci/images"]
    assert "services" not in job


def test_github_runs_it_in_buildkits_own_image_as_nobody() -> None:
    (build,) = [step for step in GITHUB["jobs"]["images"]["steps"] if step.get("name") == "build"]
    assert build["run"].endswith(f"--entrypoint=sh {IMAGE} .ci/images")
    assert "--user=1000:1000" in build["run"]
    assert f"BUILDKITD_FLAGS={WITHOUT_SANDBOX}" in build["run"]
    assert GITHUB["permissions"] == {"contents": "read", "packages": "write"}


@pytest.mark.parametrize(
    "path", [".gitlab-ci.yml", ".github/workflows/images.yml", ".ci/images", ".ci/runner/images.toml"]
)
def test_nothing_has_a_privilege(path: str) -> None:
    text = "\n".join(line for line in (ROOT / path).read_text().splitlines() if "privileged = false" not in line)
    assert WORDS.findall(text) == []
