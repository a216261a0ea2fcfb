"""Each image of the Dockerfile keeps to the rules, hadolint's and ours; and each rule of ours sees what breaks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from aoi_modules.cluster.local.building import IMAGES
from aoi_modules.study.containers.dockerfile import parse
from tests.docker import rules
from tests.docker.dockerfile import FILE, read

TEXT = FILE.read_text()
HADOLINT = Path(sys.executable).with_name("hadolint")
GPU, CPU = {"DEVICE": "gpu"}, {"DEVICE": "cpu"}

BASE = "FROM ${PYTHON_IMAGE} AS base\n"
ENVIRONMENT = "COPY --from=gateway-environment"
MUTATIONS = (
    ("names_its_syntax", "gateway", "# syntax=docker/dockerfile:1\n", ""),
    ("has_stages", "gateway", "FROM base AS server\n", "FROM tools AS server\n"),
    ("has_stages", "gateway", f"{ENVIRONMENT} /opt/aoi /opt/aoi\n", ""),
    ("has_pinned_bases", "gateway", "PYTHON_IMAGE=python:3.12-slim", "PYTHON_IMAGE=python:3.11-slim"),
    ("has_pinned_bases", "gateway", BASE, "FROM python:latest AS base\n"),
    ("has_pinned_bases", "jupyter", "FROM jupyter-base-${DEVICE}", "FROM elsewhere-${DEVICE}"),
    ("builds_where_it_runs", "trainer", BASE, "FROM ${OTHER_IMAGE} AS base\n"),
    ("runs_as_a_number", "gateway", "USER 10001:10001", "USER aoi"),
    ("runs_as_a_number", "gateway", "USER 10001:10001", "USER 0:0"),
    ("runs_as_a_number", "jupyter", "USER 1000:100\n", ""),
    ("keeps_code_from_its_user", "gateway", ENVIRONMENT, ENVIRONMENT.replace("COPY", "COPY --chown=10001")),
    ("says_how_it_is", "trainer", "HEALTHCHECK NONE\n", ""),
    ("says_how_it_is", "gateway", '"python", "/usr/local/lib/aoi/health.py"', '"curl", "--fail"'),
    ("starts_by_a_list", "gateway", 'ENTRYPOINT ["aoi"]', "ENTRYPOINT aoi"),
    ("is_labelled", "gateway", "LABEL org.opencontainers.image.licenses", "LABEL licenses"),
    ("is_labelled", "gateway", '"AOI gateway"', '""'),
    ("is_labelled", "gateway", "ARG VERSION=unknown ", "ARG "),
    ("is_labelled", "gateway", "FROM base AS server\n", "FROM base AS server\nRUN true\n"),
    ("installs_what_is_locked", "gateway", " UV_CONSTRAINT=/src/requirements.lock", ""),
    ("installs_what_is_locked", "gateway", "--require-hashes ", ""),
    ("installs_what_is_locked", "jupyter", "--constraint /src/requirements.lock ", ""),
    ("installs_what_is_locked", "trainer", BASE, BASE + "RUN apt-get install --yes tini\n"),
    ("knows_no_address_and_no_secret", "gateway", "pip install --require", "pip install -i https://here --require"),
    ("knows_no_address_and_no_secret", "gateway", BASE, BASE + "ARG INDEX_PASSWORD\n"),
    ("knows_no_address_and_no_secret", "gateway", "COPY docker/health.py", "ADD docker/health.py"),
    ("keeps_caches_outside", "gateway", "type=cache,target=/var/cache/packages", "type=tmpfs,target=/tmp"),
    ("copies_what_is_there", "gateway", "COPY docker/health.py", "COPY docker/well.py"),
    ("copies_what_is_there", "gateway", "COPY docker/health.py", "COPY docker/versions.env"),
    ("imports_what_is_there", "gateway", "aoi_modules.gateway.server", "aoi_modules.gateway.waiter"),
    ("calls_what_is_there", "gateway", 'CMD ["gateway"', 'CMD ["gatekeeper"'),
)
"""Rule, image, and what is changed in the file."""


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("given", [GPU, CPU], ids=["gpu", "cpu"])
def test_it_keeps_to_every_rule(image: str, given: dict[str, str]) -> None:
    assert rules.broken(read(TEXT, image, **given)) == []


@pytest.mark.parametrize(("rule", "image", "old", "new"), MUTATIONS)
def test_a_break_is_seen(rule: str, image: str, old: str, new: str) -> None:
    assert old in TEXT
    changed = read(TEXT.replace(old, new), image)
    assert [sentence for sentence in rules.broken(changed) if sentence.startswith(f"{rule}: ")]


def test_each_rule_has_its_break() -> None:
    assert {rule for rule, *_ in MUTATIONS} == {rule.__name__ for rule in rules.RULES}


def test_hadolint_finds_nothing() -> None:
    assert _hadolint(TEXT) == (0, "")


def test_hadolint_finds_what_is_wrong() -> None:
    code, said = _hadolint(TEXT.replace(BASE, "FROM python:latest AS base\nRUN cd /tmp\n"))
    assert code == 1
    assert "DL3007" in said
    assert "DL3003" in said


def _hadolint(text: str) -> tuple[int, str]:
    done = subprocess.run([str(HADOLINT), "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_stage_is_for_an_image() -> None:
    needed = {name for image in IMAGES for given in (GPU, CPU) for name in read(TEXT, image, **given).stages}
    written = [one.value.partition(" AS ")[2] for one in parse(TEXT) if one.name == "FROM"]
    assert needed == set(written)
    assert len(written) == len(needed)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_built_without_what_is_for_another(image: str) -> None:
    others = [other for other in IMAGES if other != image]
    for name in read(TEXT, image).stages:
        assert name not in others
        assert name.removesuffix("-environment") not in others


def test_small_images_have_no_tensorflow() -> None:
    for image in ("gateway", "model-server", "model-sync"):
        runs = " ".join(run for stage in read(TEXT, image).stages.values() for run in stage.all("RUN"))
        extras = {extra.split()[0] for extra in runs.split("--extra ")[1:]}
        assert extras
        assert extras <= {"station", "openvino", "registry"}
