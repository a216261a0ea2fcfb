"""`aoi merge` as people call it."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError, StoreError
from aoi_modules.export.verification import verify
from aoi_modules.modelstore import manifest, version_dir
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Manifest
from tests.export.networks import network, on_trunk

pytestmark = pytest.mark.slow

AOI = [sys.executable, "-c", "from aoi_modules.cli import main; main()"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    on_trunk("defect", 0).save(folder / "short.keras")
    on_trunk("defect", 1).save(folder / "open.keras")
    network({"colour": 3, "shape": 4}).save(folder / "two.keras")
    on_trunk("size", 2, units=3).save(folder / "size.h5")
    broken = on_trunk("defect", 3)
    broken.get_layer("defect").set_weights([np.full((8, 1), np.nan, np.float32), np.zeros(1, np.float32)])
    broken.save(folder / "broken.keras")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(aoi, [str(argument) for argument in arguments])


def merged(models: Path, base: Path, *options: str) -> Result:
    heads = [f"--head=short={models}/short.keras", f"--head=open={models}/open.keras"]
    return run("merge", "--name", "pcb", "--base-path", base, *heads, *options)


def test_models_of_several_formats_become_one_component(models: Path, tmp_path: Path) -> None:
    (tmp_path / "sizes.txt").write_text("small\nright\n\nlarge\n")
    done = merged(
        models,
        tmp_path,
        f"--head=size={models}/size.h5",
        f"--head={models}/two.keras#shape",
        "--threshold=0.4",
        "--threshold=open=0.2",
        f"--labels=size={tmp_path}/sizes.txt",
        "--json",
    )
    assert done.exit_code == 0, done.output
    described = msgspec.json.decode(done.stdout, type=Manifest)
    assert described == manifest.read(tmp_path / "pcb" / "1")
    found = {head.name: (head.kind, head.threshold) for head in described.heads}
    assert found == {
        "short": ("defect", 0.4),
        "open": ("defect", 0.2),
        "size": ("class", None),
        "shape": ("class", None),
    }
    assert described.head("size").labels == ("small", "right", "large")
    verify(tmp_path / "pcb" / "1")


def test_all_heads_of_a_model_come_under_their_own_names(models: Path, tmp_path: Path) -> None:
    done = merged(models, tmp_path, f"--head={models}/two.keras")
    assert done.exit_code == 0, done.output
    assert [head.name for head in manifest.read(tmp_path / "pcb" / "1").heads] == ["short", "open", "colour", "shape"]
    assert "greatest difference to the golden scores" in done.stdout


def test_options_reach_the_heads_of_a_model_that_was_not_named(models: Path, tmp_path: Path) -> None:
    (tmp_path / "shapes.txt").write_text("dent\nok\nvoid\nscratch\n")
    options = [f"--labels=shape={tmp_path}/shapes.txt", "--threshold=shape=0.2", "--threshold=0.4"]
    done = merged(models, tmp_path, f"--head={models}/two.keras", *options)
    assert done.exit_code == 0, done.output
    found = {head.name: (head.good, head.threshold) for head in manifest.read(tmp_path / "pcb" / "1").heads}
    assert found == {"short": ((), 0.4), "open": ((), 0.4), "colour": ((), None), "shape": (("ok",), 0.2)}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--head=short={models}/two.keras#colour"], "head short: expected a name for each head"),
        (["--head=bad={models}/broken.keras"], r"head bad: .*broken\.keras has 8 weights of 8 that are not a number"),
        (["--head=none={models}/none.keras"], r"none\.keras: no such file"),
        (
            ["--head=x={models}/two.keras#taste"],
            r"Received: taste\n  --head \[NAME=\]MODEL\[#OUTPUT\] names one",
        ),
        (["--version=7"], "versions never change"),
    ],
)
def test_what_cannot_be_merged_is_explained_and_leaves_nothing(
    models: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    (tmp_path / "pcb" / "7").mkdir(parents=True)
    done = merged(models, tmp_path, *[option.format(models=models) for option in options])
    assert isinstance(done.exception, AoiError)
    with pytest.raises(AoiError, match=words):
        raise done.exception
    assert [left.name for left in (tmp_path / "pcb").iterdir()] == ["7"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--threshold=lost=0.1", "no head lost; the heads are open, short"),
        ("--threshold=1.4", "expected a number from 0 to 1"),
        ("--kind=short=bad", "expected defect, class, value"),
        ("--threshold=size=0.3", "no head size"),
        ("--size=12", "expected HEIGHTxWIDTH"),
    ],
)
def test_options_that_make_no_sense_are_explained(models: Path, tmp_path: Path, option: str, words: str) -> None:
    done = merged(models, tmp_path, option)
    assert done.exit_code == 2
    assert words in done.output


def test_no_heads_are_no_component(tmp_path: Path) -> None:
    done = run("merge", "--name", "pcb", "--base-path", tmp_path)
    assert str(done.exception) == "--head [NAME=]MODEL[#OUTPUT]: expected at least one trained model. Received: none"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 60 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=60k", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_nothing_is_left(models: Path, small_disk: Path) -> None:
    done = merged(models, small_disk)
    with pytest.raises(StoreError, match=r"No space left on device|cannot write|cannot be written"):
        raise done.exception or AssertionError(done.output)
    assert list((small_disk / "pcb").iterdir()) == []


def test_a_kill_in_the_middle_leaves_no_version(models: Path, tmp_path: Path) -> None:
    heads = ["--head", f"short={models}/short.keras", "--head", f"open={models}/open.keras"]
    command = [*AOI, "merge", "--name", "pcb", "--base-path", str(tmp_path), *heads]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob("pcb/.staging-*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert version_dir.versions(tmp_path / "pcb") == []
    assert merged(models, tmp_path).exit_code == 0
    assert Golden.read(tmp_path / "pcb" / "1").scores.keys() == {"short", "open"}
