"""`aoi train`, as a user calls it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.table import encode_png
from aoi_modules.errors import DataError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.place import BucketPlace, read_place
from aoi_modules.settings import settings
from tests import in_process
from tests.datasets.small_parts import put_parts
from tests.seaweedfs import NEED


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same machine for commands that run in this process."""
    for name in [name for name in os.environ if name.startswith("AOI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AOI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AOI_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


def aoi(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `aoi` on a machine without mirror, cache and network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AOI_")}
    environment = kept | {"AOI_CACHE_DIR": str(folder / "cache"), "AOI_OFFLINE": "1", "CI": "1"}
    return subprocess.run(
        [sys.executable, "-c", "from aoi_modules.cli import main; main()", *words],
        capture_output=True,
        text=True,
        timeout=280,
        cwd=folder,
        env=environment,
    )


@pytest.mark.slow
@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("recipe", ["fashion-mnist", "magnetic-tile"])
def test_trains_on_drawn_data_and_says_so(tmp_path: Path, recipe: str) -> None:
    quick = ("--backbone", "mobilenet-0.25") if recipe == "magnetic-tile" else ()
    done = in_process.aoi("train", recipe, "--profile", "ci", "--out", "build/model", "--json", *quick)
    assert done.returncode == 0, done.stderr
    written = msgspec.json.decode(done.stdout, type=TrainingReport)
    assert training_report.read(tmp_path / "build" / "model") == written
    assert written.data.stand_in
    assert "stand-in data" in done.stderr
    assert "epoch 1/" in done.stderr or "epoch 3/" in done.stderr
    if recipe == "fashion-mnist":
        assert written.metrics["accuracy"] > 0.6
        assert {sample.label for sample in written.samples} == set(written.heads[0].labels)


@pytest.mark.parametrize(
    "words",
    [
        ("castles", "--out", "x"),
        ("folder", "--out", "x"),
        ("fashion-mnist", "pictures", "--out", "x"),
        ("fashion-mnist", "--out", "x", "--imbalance", "prayer"),
        ("fashion-mnist",),
        ("fashion-mnist", "--out", "x", "--profile", "huge"),
        ("fashion-mnist", "--out", "x", "--seed", "-1"),
        ("fashion-mnist", "--out", "x", "--good", "Shirt"),
        ("folder", "pictures", "--out", "x", "--good", "ok", "--no-good"),
    ],
)
def test_usage_errors_end_with_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert aoi(tmp_path, "train", *words).returncode == 2


@pytest.mark.slow
@pytest.mark.usefixtures("bare_machine")
def test_trains_on_a_folder_of_ones_own_pictures(tmp_path: Path) -> None:
    for label, bright in (("good", 60), ("scratched", 200)):
        (tmp_path / "parts" / label).mkdir(parents=True)
        for number in range(20):
            noise = np.random.default_rng(1000 * bright + number).integers(0, 40, (48, 64, 3))
            Image.fromarray((noise + bright).astype(np.uint8)).save(tmp_path / "parts" / label / f"{number}.png")
    (tmp_path / "parts" / "good" / "broken.png").write_text("no picture")
    words = ("train", "folder", "parts", "--profile", "ci", "--backbone", "mobilenet-0.25", "--out", "out")
    refused = in_process.aoi(*words)
    assert refused.returncode == 1
    assert "1 of 41" in refused.stderr
    assert "broken.png" in refused.stderr
    assert "--skip-bad leaves them out" in refused.stderr
    assert "Traceback" not in refused.stderr
    done = in_process.aoi(*words, "--skip-bad")
    assert done.returncode == 0, done.stderr
    assert "left out: " in done.stdout
    assert "broken.png" in done.stdout
    (head,) = training_report.read(tmp_path / "out").heads
    assert (head.kind, head.labels) == ("defect", ("good", "scratched"))


@pytest.mark.slow
@NEED[0]
@NEED[1]
@pytest.mark.usefixtures("bare_machine")
def test_trains_on_pictures_of_a_bucket(bucket_url: str, tmp_path: Path) -> None:
    place = read_place(bucket_url, "pictures", DataError)
    assert isinstance(place, BucketPlace)
    store = Bucket(place, what="the bucket", away=DataError, extra="registry")
    for label, bright in (("good", 60), ("scratched", 200)):
        for number in range(20):
            noise = np.random.default_rng(1000 * bright + number).integers(0, 40, (48, 64, 3))
            store.put(f"{label}/{number}.png", encode_png((noise + bright).astype(np.uint8)))
    store.close()
    words = ("train", "folder", bucket_url, "--profile", "ci", "--backbone", "mobilenet-0.25", "--out", "out")
    done = in_process.aoi(*words)
    assert done.returncode == 0, done.stderr
    assert f"40 objects in {bucket_url}, 40 of them downloaded now" in done.stderr
    data = training_report.read(tmp_path / "out").data
    assert (data.address, data.objects) == (bucket_url, 40)
    again = in_process.aoi(*words)
    assert (again.returncode, "0 of them downloaded now" in again.stderr) == (0, True)


def test_without_a_terminal_nobody_guesses_which_class_is_good(tmp_path: Path) -> None:
    put_parts(tmp_path / "parts", {"left": 4, "right": 4, "top": 4})
    words = ("train", "folder", "parts", "--out", "x")
    done = aoi(tmp_path, *words, "--target-escape", "0.02")
    assert done.returncode == 1
    assert "which class is good? Their names do not tell: left, right, top" in done.stderr
    assert "--good NAME names a class of good parts" in done.stderr
    assert "--no-good says that no class is good" in done.stderr
    contrary = aoi(tmp_path, *words, "--target-escape", "0.02", "--no-good")
    assert "no class is good, so --target-escape has nothing to judge" in contrary.stderr
    misspelt = aoi(tmp_path, *words, "--good", "lft")
    assert "--good: expected a class, one of left, right, top. Received: lft" in misspelt.stderr
    assert not (tmp_path / "x").exists()


def test_at_a_terminal_a_person_is_asked_until_the_answer_is_a_class(tmp_path: Path) -> None:
    put_parts(tmp_path / "parts", {"left": 4, "right": 4})
    person, terminal = os.openpty()
    os.write(person, b"lft\nleft, right\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AOI_") and name != "CI"}
    words = ("train", "folder", "parts", "--out", "x", "--target-escape", "0.02")
    done = subprocess.run(
        [sys.executable, "-c", "from aoi_modules.cli import main; main()", *words],
        stdin=terminal, stderr=terminal, timeout=240, cwd=tmp_path, env=kept, check=False,
    )  # fmt: skip
    os.close(terminal)
    said = b"".join(iter(lambda: _read(person), b"")).decode()
    assert done.returncode == 1
    assert "Which classes are good parts? left, right" in said
    assert "not one of the classes: lft" in said
    assert "expected a class that is not good. Received: all classes" in said


def test_a_column_like_a_serial_number_is_asked_about_and_without_a_terminal_an_error(tmp_path: Path) -> None:
    put_parts(tmp_path / "parts", {"left": 4, "right": 4})
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png"))
    rows = [f"{name},{name.split('/')[1]},{1000 + i},{i % 3}" for i, name in enumerate(names)]
    (tmp_path / "parts.csv").write_text("path,label,serial,height\n" + "\n".join(rows) + "\n")
    words = ("train", "folder", "parts.csv", "--out", "x", "--target-escape", "0.02", "--no-good")
    done = aoi(tmp_path, *words)
    assert done.returncode == 1
    assert "serial: whole and different in every row, like a serial number (1000, 1001, 1002)" in done.stderr
    assert "--features height leaves it out, --features serial,height learns from it" in done.stderr
    person, terminal = os.openpty()
    os.write(person, b"n\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AOI_") and name != "CI"}
    subprocess.run(
        [sys.executable, "-c", "from aoi_modules.cli import main; main()", *words],
        stdin=terminal, stderr=terminal, timeout=240, cwd=tmp_path, env=kept, check=False,
    )  # fmt: skip
    os.close(terminal)
    said = b"".join(iter(lambda: _read(person), b"")).decode()
    assert "Learn from it? [y/N]" in said
    assert "no class is good" in said  # which comes after the columns


def _read(terminal: int) -> bytes:
    """What was written to a terminal; nothing at its end, which Linux calls an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_an_unknown_network_is_refused_before_the_data_is_read(tmp_path: Path) -> None:
    done = aoi(tmp_path, "train", "magnetic-tile", "--backbone", "vgg61", "--out", "x")
    assert done.returncode == 1
    assert "did you mean vgg19" in done.stderr
    assert "training" not in done.stderr


def test_a_wish_that_cannot_be_had_is_refused_before_the_data_is_read(tmp_path: Path) -> None:
    done = aoi(tmp_path, "train", "magnetic-tile", "--target-escape", "2", "--out", "x")
    assert done.returncode == 1
    assert "expected a share in [0, 1). Received: 2.0" in done.stderr
    assert "training" not in done.stderr


def test_a_folder_with_other_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("")
    done = aoi(tmp_path, "train", "fashion-mnist", "--profile", "ci", "--out", ".")
    assert done.returncode == 1
    assert "not overwritten" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_has_examples_and_imports_no_tensorflow(tmp_path: Path) -> None:
    done = aoi(tmp_path, "train", "--help")
    assert done.returncode == 0
    assert "aoi train magnetic-tile" in done.stdout
    script = "import sys; import aoi_modules.commands.train; print({'tensorflow', 'matplotlib'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    assert found.stdout.strip() == "set()"
