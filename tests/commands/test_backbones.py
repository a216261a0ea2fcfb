"""`aoi backbones`: the table for people and for machines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aoi_modules.commands.backbones import command
from aoi_modules.datasets.sources.weights import KNOWN_SUMS
from aoi_modules.settings import settings
from aoi_modules.training.networks.catalogue import BACKBONES


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a damaged file in its mirror, and without network."""
    for name in ("AOI_DATA_DIR", "AOI_CACHE_DIR", "KERAS_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AOI_OFFLINE", "1")
    folder = tmp_path / "AOI_DATA_DIR" / "weights"
    folder.mkdir(parents=True)
    (folder / BACKBONES["vgg16"].files[0]).write_bytes(b"weights")
    (folder / next(iter(KNOWN_SUMS))).write_bytes(b"half")
    monkeypatch.setattr("aoi_modules.training.networks.weight_origin.settings", settings.__wrapped__)


def test_a_line_for_each_with_where_its_weights_come_from() -> None:
    done = CliRunner().invoke(command)
    assert done.exit_code == 0, done.output
    lines = {line.split()[0]: line for line in done.output.splitlines()}
    assert set(lines) == {"name", *BACKBONES}
    assert lines["vgg16"].split()[1:6] == ["224", "512", "14.71", "M", "15.35"]
    assert "mirror, " in lines["vgg16"]
    assert lines["xception"].endswith("random")
    assert "damaged, " in lines["mobilenet-0.25"]
    assert lines["small-cnn"].endswith("trained from scratch")


def test_json_for_machines() -> None:
    rows = {row["name"]: row for row in json.loads(CliRunner().invoke(command, ["--json"]).output)}
    assert rows["vgg16"]["multiply_adds"] == 15_346_630_656
    assert rows["vgg16"]["file"].endswith("_notop.h5")
    assert rows["xception"]["weights"] == "random"
    assert rows["small-cnn"]["parameters"] is None


def test_it_answers_without_tensorflow() -> None:
    code = "import sys; import aoi_modules.commands.backbones; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"


def test_help_has_examples() -> None:
    assert "Examples:" in CliRunner().invoke(command, ["--help"]).output
