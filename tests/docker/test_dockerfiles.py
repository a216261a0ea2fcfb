"""Each Dockerfile keeps to the rules, hadolint's and ours; and each rule of ours sees a file that breaks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker import dockerfile, rules
from tests.docker.versions import ROOT

FILES = {path.parent.name: path.read_text() for path in sorted((ROOT / "docker").glob("*/Dockerfile"))}
HADOLINT = Path(sys.executable).with_name("hadolint")

BASE = "FROM ${PYTHON_IMAGE}\n"
MUTATIONS = (
    ("names_its_syntax", "gateway", "# syntax=docker/dockerfile:1\n", ""),
    ("has_stages", "gateway", " AS builder", ""),
    ("has_stages", "gateway", "COPY --from=builder /opt/aoi /opt/aoi\n", ""),
    ("has_pinned_bases", "gateway", "PYTHON_IMAGE=python:3.12-slim", "PYTHON_IMAGE=python:3.11-slim"),
    ("has_pinned_bases", "gateway", BASE, "FROM python:latest\n"),
    ("has_pinned_bases", "jupyter", "FROM base-${DEVICE}", "FROM elsewhere-${DEVICE}"),
    ("builds_where_it_runs", "trainer", BASE, "FROM ${OTHER_IMAGE}\n"),
    ("runs_as_a_number", "gateway", "USER 10001:10001", "USER aoi"),
    ("runs_as_a_number", "gateway", "USER 10001:10001", "USER 0:0"),
    ("runs_as_a_number", "jupyter", "USER 1000:100\n", ""),
    ("keeps_code_from_its_user", "gateway", "COPY --from=builder", "COPY --chown=10001 --from=builder"),
    ("says_how_it_is", "trainer", "HEALTHCHECK NONE\n", ""),
    ("says_how_it_is", "gateway", '"python", "/usr/local/lib/aoi/health.py"', '"curl", "--fail"'),
    ("starts_by_a_list", "gateway", 'ENTRYPOINT ["aoi"]', "ENTRYPOINT aoi"),
    ("is_labelled", "gateway", '      org.opencontainers.image.licenses="Apache-2.0" \\\n', ""),
    ("is_labelled", "gateway", '"AOI gateway"', '""'),
    ("is_labelled", "gateway", BASE, BASE + "ARG REVISION\nLABEL revision=$REVISION\nRUN true\n"),
    ("installs_what_is_locked", "gateway", "--constraint requirements.lock \\\n", "\\\n"),
    ("installs_what_is_locked", "gateway", "--require-hashes ", ""),
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
"""Rule, image, and what is changed in its file."""


@pytest.mark.parametrize("image", FILES)
def test_it_keeps_to_every_rule(image: str) -> None:
    assert rules.broken(dockerfile.read(FILES[image])) == []


@pytest.mark.parametrize(("rule", "image", "old", "new"), MUTATIONS)
def test_a_break_is_seen(rule: str, image: str, old: str, new: str) -> None:
    assert old in FILES[image]
    changed = dockerfile.read(FILES[image].replace(old, new))
    assert [sentence for sentence in rules.broken(changed) if sentence.startswith(f"{rule}: ")]


def test_each_rule_has_its_break() -> None:
    assert {rule for rule, *_ in MUTATIONS} == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize("image", FILES)
def test_hadolint_finds_nothing(image: str) -> None:
    assert _hadolint(FILES[image]) == (0, "")


def test_hadolint_finds_what_is_wrong() -> None:
    code, said = _hadolint(FILES["gateway"].replace("FROM ${PYTHON_IMAGE}\n", "FROM python:latest\nRUN cd /tmp\n"))
    assert code == 1
    assert "DL3007" in said
    assert "DL3003" in said


def _hadolint(text: str) -> tuple[int, str]:
    done = subprocess.run([str(HADOLINT), "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_images_with_the_same_parts_share_their_layers() -> None:
    """The first step of all builders is one text, so that a builder does it once."""
    steps = {
        dockerfile.read(text).stages[0].all("RUN")[0].removesuffix(" && python -m venv --without-pip /opt/aoi")
        for text in FILES.values()
    }
    assert len(steps) == 1


def test_small_images_have_no_tensorflow() -> None:
    for image in ("gateway", "model-server", "model-sync"):
        extras = dockerfile.read(FILES[image]).text.split("--extra ")[1:]
        assert {extra.split()[0] for extra in extras} <= {"station", "openvino", "registry"}
