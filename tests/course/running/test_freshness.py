"""What makes a lesson stale, one thing at a time, and what does not."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.running import freshness
from aoi_modules.course.running.freshness import RunRecord
from aoi_modules.course.running.lesson_events import Form
from aoi_modules.datasets.sources import weights
from aoi_modules.errors import DataError
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.settings import load, settings

K = {"a": "b"}


def key(course: Any, lesson_id: str = "2", profile: str = "ci", form: Form = "solved") -> dict[str, str]:
    plan = course.curriculum.lesson(lesson_id)
    return freshness.dependencies(course.order(profile=profile, form=form), plan)


def record(parts: dict[str, str]) -> RunRecord:
    return RunRecord(parts=parts, seconds=1.0, cells=3, notebook_sha256="")


def leave(course: Any, text: str, made: str = "2026-01-01", run: str = "") -> Path:
    """What lesson 1 leaves."""
    folder = artifacts.lesson_dir(course.folder / "artifacts", "ci", "1")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file").write_text(text)
    files = artifacts.listed_files(folder)
    artifacts.write(folder, LessonManifest(lesson="1", profile="ci", made=made, files=files, run=run))
    return folder


@pytest.fixture
def two(here: Any) -> Any:
    here.lesson("1")
    here.lesson("2", "1 + 1", needs=["1"])
    leave(here, "a")
    return here


def test_the_key_is_the_same_until_something_changes(two: Any) -> None:
    first = key(two)
    assert key(two) == first
    path = two.folder / "notebooks" / "02_lesson.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].outputs, nb.cells[1].execution_count = [], 7
    nb.metadata["papermill"] = {"duration": 3}
    nbformat.write(nb, path)
    assert key(two) == first, "that somebody ran it by hand changes nothing"
    leave(two, "a", made="2026-02-02", run="another")
    assert key(two) == first, "that a need ran again and left the same changes nothing"


def test_each_dependency_changes_the_key(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [key(two), key(two, profile="cpu"), key(two, form="proving")]
    leave(two, "b")
    keys.append(key(two))
    two.notebook("2", "1 + 2")
    keys.append(key(two))
    (two.folder / "requirements.lock").write_text("numpy==2")
    keys.append(key(two))
    (two.folder / "requirements.lock").write_text("numpy==3")
    keys.append(key(two))
    two.lessons[1]["produces"] = ["x"]
    two.write_checklist()
    keys.append(key(two))
    monkeypatch.setattr(freshness, "package_sha256", lambda: "another package")
    keys.append(key(two))
    changed = [freshness.changes(record(before), after) for before, after in pairwise(keys)]
    assert changed == [
        ["the runner", "what lesson 1 left"],
        ["the runner", "what lesson 1 left"],
        ["the runner", "what lesson 1 left"],
        ["the notebook"],
        ["the dependencies"],
        ["the dependencies"],
        ["its entry in curriculum.yml"],
        ["aoi_modules"],
    ]


def test_an_unknown_data_set_is_named(here: Any) -> None:
    here.lesson("1", data=["no-such-set"])
    with pytest.raises(DataError, match="no-such-set"):
        key(here, "1")


def test_the_data_is_part_of_the_key(here: Any, tmp_path: Path) -> None:
    here.lesson("1", data=["fashion-mnist", "weights"])
    found = freshness.data_fingerprints(here.curriculum.lesson("1"), settings())
    assert set(found) == {"data fashion-mnist", "data weights"}
    assert all(len(value) == 64 for value in found.values())


def test_data_is_hashed_once_until_somebody_looks_again(here: Any, tmp_path: Path) -> None:
    here.lesson("1", data=["weights"])
    plan, given = here.curriculum.lesson("1"), load({"AOI_DATA_DIR": str(tmp_path)}, tmp_path)
    freshness.look_at_data_again()
    before = freshness.data_fingerprints(plan, given)
    folder = next(path for path in weights.places(given).values() if path.is_relative_to(tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "new.h5").write_bytes(b"weights")
    assert freshness.data_fingerprints(plan, given) == before
    freshness.look_at_data_again()
    assert freshness.data_fingerprints(plan, given) != before


def test_a_record_stands_only_with_everything_it_was_about(two: Any, tmp_path: Path) -> None:
    folder, executed = leave(two, "a"), tmp_path / "executed.ipynb"
    executed.write_text("{}")
    sha256 = file_sha256(executed)
    noted = RunRecord(parts=K, seconds=1.0, cells=3, notebook_sha256=sha256)
    assert freshness.fresh_record(folder, K, executed) is None
    freshness.write_record(folder, noted)
    found = freshness.fresh_record(folder, K, executed)
    assert found is not None
    assert found[0] == noted
    assert freshness.fresh_record(folder, {"a": "c"}, executed) is None
    (folder / "extra").touch()
    assert freshness.fresh_record(folder, K, executed) is None
    (folder / "extra").unlink()
    assert freshness.fresh_record(folder, K, executed) is not None
    executed.write_text("{ }")
    assert freshness.fresh_record(folder, K, executed) is None
    executed.write_text("{}")
    (folder / "file").write_text("damaged")
    assert freshness.fresh_record(folder, K, executed) is None
    leave(two, "a")
    (folder / artifacts.RECORD).write_bytes(msgspec.json.encode({"parts": K}))
    assert freshness.fresh_record(folder, K, executed) is None


def test_it_imports_no_tensorflow_and_no_notebook_machinery() -> None:
    code = (
        "import sys; from aoi_modules.course import material; from aoi_modules.settings import load, settings\n"
        "from aoi_modules.course.running import course_run, freshness\n"
        "plans = material.curriculum().written()\n"
        "[freshness.data_fingerprints(plan, settings()) for plan in plans]; freshness.package_sha256()\n"
        "print([name for name in ('tensorflow', 'keras', 'papermill', 'nbconvert', 'nbformat') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert done.stdout.strip() == "[]"
