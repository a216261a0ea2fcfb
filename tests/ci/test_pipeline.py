"""`.gitlab-ci.yml` as a local runner takes it: which jobs a push and a schedule have, and one of them run for real.

Where `gitlab-ci-local` is not installed this is left out; it wants Node 22 and rsync.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.documents import ROOT

PROGRAM = shutil.which("gitlab-ci-local")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        PROGRAM is None or shutil.which("rsync") is None,
        reason="gitlab-ci-local or rsync is missing: npm install --global gitlab-ci-local, apt-get install rsync",
    ),
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own with all files of this one, and the environment that is installed here."""
    folder = tmp_path_factory.mktemp("checkout")
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
            os.utime(folder / name, (0, 0))  # older than what is installed, so that make installs nothing anew
    (folder / ".venv").symlink_to(ROOT / ".venv")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=all of it")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def runner(checkout: Path, *words: str) -> str:
    """What the local runner prints."""
    command = [str(PROGRAM), "--force-shell-executor", *words]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(("source", "extra"), [("push", set()), ("schedule", {"newest"})])
def test_a_schedule_tries_the_newest_versions_too(checkout: Path, source: str, extra: set[str]) -> None:
    given = (f"--variable=CI_PIPELINE_SOURCE={source}", "--ignore-predefined-vars=CI_PIPELINE_SOURCE")
    jobs = json.loads(runner(checkout, "--list-json", *given))
    assert {job["name"] for job in jobs if job["when"] == "on_success"} == {"check", "bill"} | extra
    assert {job["name"] for job in jobs if job["when"] == "manual"} == {"images", "candidate", "take over"}


def test_a_job_runs_and_leaves_its_artifacts(checkout: Path) -> None:
    runner(checkout, "bill")
    found = json.loads((checkout / "build" / "sbom.json").read_text())
    assert found["bomFormat"] == "CycloneDX"
    assert "aiosqlite" in (checkout / "build" / "licences.md").read_text()
