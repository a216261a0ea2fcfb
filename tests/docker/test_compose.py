"""docker/compose.yaml: reached from this machine alone, with no more rights than needed, and no secret in git."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from aoi_modules.cli import aoi
from aoi_modules.cluster.local.building import IMAGES as OURS
from aoi_modules.cluster.local.building import image_name
from aoi_modules.gateway.routes import read_routes
from tests.docker.dockerfile import read
from tests.docker.versions import IMAGES, ROOT

FILE = ROOT / "docker/compose.yaml"
TEXT = FILE.read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
EXAMPLE = ROOT / "docker/.env.example"
LONG_RUNNING = {name: service for name, service in SERVICES.items() if service["restart"] != "no"}


def program() -> list[str] | None:
    """Compose, as the plugin of today or the program of before."""
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def names_of(text: str) -> list[str]:
    return re.findall(r"^(\w+)=$", text, re.MULTILINE)


def test_every_profile_starts_something() -> None:
    profiles = {profile for service in SERVICES.values() for profile in service["profiles"]}
    assert profiles == {"core", "monitoring", "jupyter", "gpu"}


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_on_the_loopback_alone(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-\d+\}:\d+", port), port


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "/var/run/docker.sock" not in str(service)
    assert service.get("read_only") is True or name.startswith("jupyter")
    if "build" not in service:  # ours are somebody by themselves
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])


@pytest.mark.parametrize("name", SERVICES)
def test_images_have_the_versions_of_the_project(name: str) -> None:
    image, build = SERVICES[name]["image"], SERVICES[name].get("build")
    if build is None:
        assert image in IMAGES.values()
        return
    device = build.get("args", {}).get("DEVICE", "")
    assert build["target"] in OURS
    assert image == image_name(build["target"], device=device, tag=f"${{AOI_TAG:-{VERSION}}}")
    assert (FILE.parent / build["context"] / build["dockerfile"]).is_file()


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_whatever_runs_says_how_it_is(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert service["healthcheck"]["test"]
        return
    text = (FILE.parent / ".." / service["build"]["dockerfile"]).read_text()
    assert read(text, service["build"]["target"]).image.all("HEALTHCHECK") != ["NONE"]


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_waits_waits_for_a_state(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        state = "service_healthy" if other in LONG_RUNNING else "service_completed_successfully"
        assert wanted == {"condition": state}


def test_secrets_come_from_outside_and_each_one_is_asked_for() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert asked == set(names_of(EXAMPLE.read_text()))
    values = [value for service in SERVICES.values() for value in service.get("environment", {}).items()]
    for key, value in values:
        if re.search(r"PASSWORD|SECRET|TOKEN|URL|IDENTITIES", key):
            assert re.search(r"\$\{\w+:\?", value), key
    assert "/docker/.env\n" in (ROOT / ".gitignore").read_text()


def test_the_owner_of_the_tables_comes_to_whoever_ends_and_to_the_database_alone() -> None:
    known = {name for name, service in SERVICES.items() if "${POSTGRES_PASSWORD" in str(service)}
    assert known - {"database"} == {"migrations", "writers", "watchers"}
    assert not (known - {"database"}) & set(LONG_RUNNING)


def test_the_routes_are_such_as_the_gateway_reads() -> None:
    (route,) = read_routes(ROOT / "docker/routes.yaml").components.values()
    (address,) = route.upstream if isinstance(route.upstream, tuple) else (route.upstream,)
    name, _, port = str(address).rpartition(":")
    assert f"--port={port}" in SERVICES[name]["command"]


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if "build" in service])
def test_commands_are_such_as_aoi_reads(name: str) -> None:
    words = SERVICES[name].get("command")
    if words is None:
        return
    command: click.Command = aoi
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    command.make_parser(click.Context(command)).parse_args(list(words))


def test_compose_reads_it(tmp_path: Path) -> None:
    compose = program()
    if compose is None:
        pytest.skip("neither docker compose nor docker-compose is here to read docker/compose.yaml")
    secrets = tmp_path / "env"
    secrets.write_text("".join(f"{name}=chosen-{name.lower()}\n" for name in names_of(EXAMPLE.read_text())))
    files = ["--file", str(FILE), "--project-directory", str(FILE.parent), "--env-file", str(secrets)]
    profiles = [word for name in ("core", "monitoring", "jupyter", "gpu") for word in ("--profile", name)]
    command = [*compose, *files, *profiles, "config"]
    environment = {name: value for name, value in os.environ.items() if name not in names_of(EXAMPLE.read_text())}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    read_back = yaml.safe_load(done.stdout)["services"]
    assert set(read_back) == set(SERVICES)
    address = read_back["gateway"]["environment"]["AOI_DATABASE_URL"]
    assert address == "postgresql://gateway:chosen-gateway_database_password@database/aoi"
    empty = tmp_path / "empty"
    empty.write_text("")
    refused = subprocess.run(
        [*compose, *files[:-1], str(empty), *profiles, "config"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert refused.returncode != 0
    assert "aoi docker secrets" in refused.stderr
