"""`aoi data`, as a user calls it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.datasets.sources.catalogue import CATALOGUE

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def aoi(tmp_path: Path) -> Run:
    """Runs `aoi` on a machine without mirror, cache and network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AOI_")}
    environment = kept | {"AOI_CACHE_DIR": str(tmp_path / "cache"), "AOI_OFFLINE": "1", "CI": "1"}

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from aoi_modules.cli import main; main()", *words],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=environment | variables,
        )

    return run


def damaged_mirror(tmp_path: Path) -> Path:
    """A mirror of Fashion-MNIST in which every file is cut short."""
    root = tmp_path / "mirror" / "fashion-mnist"
    root.mkdir(parents=True)
    for name in CATALOGUE["fashion-mnist"].members():
        (root / name).write_bytes(b"cut")
    return tmp_path / "mirror"


def test_list_says_where_each_set_lies(aoi: Run, tmp_path: Path) -> None:
    done = aoi("data", "list", "--json", AOI_DATA_DIR=str(damaged_mirror(tmp_path)))
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["fashion-mnist"]["place"] == "mirror"
    assert rows["magnetic-tile"]["place"] == "stand-in"
    assert rows["weights"]["folder"] is None
    plain = aoi("data", "list")
    assert all(name in plain.stdout for name in rows)


def test_fetch_of_what_cannot_be_had_fails_unless_a_stand_in_will_do(aoi: Run) -> None:
    done = aoi("data", "fetch", "magnetic-tile")
    assert done.returncode == 1
    assert "stand-in" in done.stdout
    assert "AOI_OFFLINE" in done.stderr
    done = aoi("data", "fetch", "--all", "--allow-stand-in", "--json")
    assert done.returncode == 0
    assert [row["stand_in"] for row in json.loads(done.stdout)] == [True] * len(CATALOGUE)


def test_a_damaged_file_is_named_with_its_repair(aoi: Run, tmp_path: Path) -> None:
    mirror = damaged_mirror(tmp_path)
    done = aoi("data", "fetch", "--all", "--allow-stand-in", AOI_DATA_DIR=str(mirror))
    assert done.returncode == 1
    assert str(mirror / "fashion-mnist" / "train-images-idx3-ubyte.gz") in done.stderr
    assert "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7" in done.stderr
    assert "aoi data fetch fashion-mnist --repair" in done.stderr
    assert "magnetic-tile" in done.stdout
    assert "Traceback" not in done.stderr


def test_repair_without_network_says_so(aoi: Run, tmp_path: Path) -> None:
    done = aoi("data", "fetch", "fashion-mnist", "--repair", AOI_DATA_DIR=str(damaged_mirror(tmp_path)))
    assert done.returncode == 1
    assert "no whole copy found" in done.stderr


@pytest.mark.parametrize("words", [(), ("fashion-mnist", "--all"), ("--nonsense",)])
def test_usage_errors_end_with_2(aoi: Run, words: tuple[str, ...]) -> None:
    assert aoi("data", "fetch", *words).returncode == 2


def test_an_unknown_set_lists_the_known_ones(aoi: Run) -> None:
    done = aoi("data", "fetch", "mnist")
    assert done.returncode == 1
    assert "expected one of fashion-mnist, " in done.stderr


@pytest.mark.parametrize("words", [("data",), ("data", "fetch"), ("data", "list")])
def test_help_imports_no_tensorflow(aoi: Run, words: tuple[str, ...]) -> None:
    done = aoi(*words, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    script = "import sys; import aoi_modules.commands.data; print('tensorflow' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.strip() == "False"


def test_pictures_of_other_formats_are_converted(aoi: Run, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    Image.linear_gradient("L").save(scans / "a.tif")
    done = aoi("data", "convert", "scans", "--out", "out")
    assert (done.returncode, done.stdout) == (0, "out/a.png: TIFF of mode L to PNG\n")
    Image.linear_gradient("L").convert("I;16").save(scans / "b.png")
    done = aoi("data", "convert", "scans/b.png", "--out", "out")
    assert done.returncode == 1
    assert "values up to 255: say how many bits the camera uses: --bit-depth" in done.stderr
    assert aoi("data", "convert", "scans/b.png", "--out", "out", "--bit-depth", "12").returncode == 0
