"""`make bill`: what the package is made of, whole and true, and under which licences."""

import json
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.documents import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

REFUSED = re.compile(r"\bAGPL|Affero|SSPL|Business Source|Commons Clause", re.IGNORECASE)
"""Licences that nothing here may have."""
UNKNOWN = {"axe-playwright-python", "namex"}
"""Packages that say it in a file alone: MIT and Apache-2.0."""
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bill")
    command = ["make", "--no-print-directory", "--assume-old", ".venv/.installed", "bill", f"BILL={folder}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_pin_of_the_lock_file_is_a_component_with_its_hashes(bill: Path) -> None:
    found = json.loads((bill / "sbom.json").read_text())
    assert (found["bomFormat"], found["metadata"]["component"]["name"]) == ("CycloneDX", "aoi-academy")
    components = {(one["name"], one["version"]): one for one in found["components"]}
    lock = (ROOT / "requirements.lock").read_text()
    assert set(components) == set(PIN.findall(lock))
    hashes = {
        each["content"]
        for one in components.values()
        for reference in one["externalReferences"]
        for each in reference.get("hashes", [])
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))


def test_each_installed_package_is_listed_with_a_licence_that_is_allowed(bill: Path) -> None:
    rows = [line.strip("| ").split("|") for line in (bill / "licences.md").read_text().splitlines()[2:]]
    listed = {plain(name): licence.strip() for name, _, licence in rows}
    installed = {plain(one.name) for one in distributions()}
    assert set(listed) == installed
    assert [name for name, licence in listed.items() if REFUSED.search(licence)] == []
    assert {name for name, licence in listed.items() if licence == "UNKNOWN"} <= UNKNOWN


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
