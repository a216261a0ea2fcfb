"""pyproject.toml, requirements.lock and environment.yml agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# What conda-forge calls differently, and what comes with CUDA, which conda installs by its own means.
CONDA_NAMES = {"kubernetes": "python-kubernetes", "prometheus-client": "prometheus_client"}


def requirements(*extras: str) -> dict[str, Requirement]:
    lines = [line for extra in extras for line in EXTRAS[extra]] or PROJECT["dependencies"]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def locked() -> dict[str, set[str]]:
    """Every version the lock file has of a package; markers may give two."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[.*\])?==([^ \\]+)", lock_text(), re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text()


def conda() -> dict[str, SpecifierSet]:
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(line["pip"] for line in lines if isinstance(line, dict))
    names = {ours: name for name, ours in CONDA_NAMES.items()}
    found = {}
    for line in [line for line in lines if isinstance(line, str)] + [line for line in pip if "--editable" not in line]:
        requirement = Requirement(line)
        found[names.get(requirement.name, requirement.name)] = requirement.specifier
    return found


def test_the_base_install_has_no_tensorflow() -> None:
    heavy = {"tensorflow", "tensorflow-serving-api", "keras", "matplotlib", "jupyterlab", "papermill"}
    assert heavy.isdisjoint(requirements())


@pytest.mark.parametrize("name", sorted(requirements() | requirements("train", "lab", "dev")))
def test_environment_yml_has_the_same_bounds(name: str) -> None:
    ours = (requirements() | requirements("train", "lab", "dev"))[name]
    assert conda()[name] == ours.specifier


def test_environment_yml_has_nothing_else() -> None:
    assert set(conda()) - {"python", "pip"} == set(requirements() | requirements("train", "lab", "dev"))
    assert conda()["python"] == SpecifierSet(PROJECT["requires-python"])


def test_every_conda_line_is_a_match_spec() -> None:
    rattler = pytest.importorskip("rattler", reason="py-rattler has no wheel for this machine")
    for line in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]:
        if isinstance(line, str):
            rattler.MatchSpec(line)


@pytest.mark.parametrize("extra", ["", *sorted(EXTRAS)])
def test_the_lock_file_meets_every_bound(extra: str) -> None:
    versions = locked()
    for name, requirement in (requirements(extra) if extra else requirements()).items():
        assert versions[name], name
        assert all(requirement.specifier.contains(Version(version)) for version in versions[name]), name


def test_the_lock_file_has_hashes_and_no_index_addresses() -> None:
    text = lock_text()
    pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n((?: {4}--hash=sha256:[0-9a-f]{64}[^\n]*\n)+)", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE))
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_one_tensorflow_minor_everywhere() -> None:
    bounds = {
        str(Requirement(line).specifier)
        for extra in ("train", "gpu")
        for line in EXTRAS[extra]
        if Requirement(line).name.startswith("tensorflow")
    }
    assert len(bounds) == 1


def test_a_package_has_the_same_bounds_in_every_extra() -> None:
    bounds: dict[str, set[str]] = {}
    for lines in (PROJECT["dependencies"], *EXTRAS.values()):
        for one in map(Requirement, lines):
            bounds.setdefault(one.name, set()).add(str(one.specifier))
    assert {name: found for name, found in bounds.items() if len(found - {""}) > 1} == {}


def test_the_licence_is_the_one_that_the_project_states() -> None:
    assert (PROJECT["license"], PROJECT["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert (ROOT / "LICENSE").read_text().split()[:4] == ["Apache", "License", "Version", "2.0,"]


def test_the_changelog_has_this_version_below_what_is_unreleased() -> None:
    headings = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[:2] == ["Unreleased", PROJECT["version"]]
