"""Features on the disk."""

import errno
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from aoi_modules.errors import DataError
from aoi_modules.training.features import cache
from aoi_modules.training.features.cache import LIMIT, key, read, trim, writing


def silent(line: str) -> None:
    raise RuntimeError(line)


def make(root: Path, name: str, rows: int = 4, filler: float = 1.0) -> Path:
    """An entry of float32 (1, rows, 2)."""
    recipe = {"name": name}
    with writing(root, recipe, (1, rows, 2), "float32", lambda: "test") as writer:
        writer.write(0, np.full((rows, 2), filler, np.float32))
    return root / key(recipe)


@given(
    views=st.integers(1, 3),
    rows=st.integers(1, 7),
    width=st.integers(1, 4),
    dtype=st.sampled_from(["float16", "float32"]),
    order=st.randoms(use_true_random=False),
)
@example_settings(max_examples=25)
def test_blocks_come_back_in_whatever_order_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, views: int, rows: int, width: int, dtype: str, order: object
) -> None:
    root = tmp_path_factory.mktemp("features")
    values = np.arange(views * rows * width, dtype=np.float32).reshape(views * rows, width)
    blocks = [(start, values[start : start + 2]) for start in range(0, len(values), 2)]
    order.shuffle(blocks)  # type: ignore[attr-defined]
    with writing(root, {"a": 1}, (views, rows, width), dtype, lambda: "test") as writer:
        for start, block in blocks:
            writer.write(start, block)
    found = read(root, {"a": 1}, log=silent)
    assert found is not None
    assert found.dtype == dtype
    assert np.array_equal(found, values.reshape(views, rows, width))


def test_equal_recipes_have_equal_keys_in_any_order() -> None:
    assert key({"a": 1, "b": "x"}) == key({"b": "x", "a": 1}) != key({"a": 1, "b": "y"})


def test_nothing_appears_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing(tmp_path, {"a": 1}, (1, 2, 2), "float32", lambda: "test"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    assert read(tmp_path, {"a": 1}, log=silent) is None


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match="rows 3 to 3"),
        writing(tmp_path, {"a": 1}, (1, 9, 1), "float32", lambda: "test") as writer,
    ):
        writer.write(3, np.full((1, 1), np.nan, np.float32))


def test_a_cache_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DataError, match="features cannot be kept") as caught:
        make(tmp_path / "file" / "features", "a")
    assert "AOI_CACHE_DIR" in caught.value.hint


@pytest.mark.parametrize("error", [OSError(2, "No such file", "a.png"), DataError("a broken picture")])
def test_what_fails_while_features_are_computed_is_no_fault_of_the_cache(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as caught, writing(tmp_path, {"a": 1}, (1, 2, 2), "float32", lambda: "test"):
        raise error
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_missing_room_is_said_before_the_work_begins(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"features cannot be kept: 4000 TB needed, .* free") as caught,
        writing(tmp_path, {"a": 1}, (1, 10**12, 1000), "float32", lambda: "test"),
    ):
        pytest.fail("there is no such disk")
    assert "AOI_CACHE_DIR" in caught.value.hint


def test_a_disk_that_takes_no_more_is_said_with_what_was_needed(tmp_path: Path) -> None:
    """A limit of the size of files acts like a full disk, and needs no rights."""
    program = f"""
import resource, sys
from pathlib import Path
import numpy as np
from aoi_modules.errors import DataError
from aoi_modules.training.features.cache import writing
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with writing(Path({str(tmp_path)!r}), {{"a": 1}}, (1, 1000, 10), "float32", lambda: "test") as writer:
        writer.write(0, np.ones((1000, 10), np.float32))
except DataError as error:
    print(error)
    sys.exit(7)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 7, done.stderr
    assert "features cannot be kept: File too large (40.0 kB needed)" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_entry_that_the_system_does_not_let_us_read_stays(tmp_path: Path) -> None:
    entry = make(tmp_path, "a")
    (entry / cache.ENTRY).unlink()
    (entry / cache.ENTRY).mkdir()  # reading it is an error of the system, not a damage of its content
    with pytest.raises(DataError, match=r"cached features cannot be read: Is a directory"):
        read(tmp_path, {"name": "a"}, log=silent)
    assert entry.is_dir()


def test_a_cache_that_may_only_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a", filler=3.0)

    def refuse(path: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    found = read(tmp_path, {"name": "a"}, log=silent)
    assert found is not None
    assert np.all(found == 3.0)


def _write(root: Path, filler: float, ready: "multiprocessing.synchronize.Barrier") -> None:
    with writing(root, {"name": "same"}, (1, 1000, 8), "float32", lambda: "test") as writer:
        writer.write(0, np.full((1000, 8), filler, np.float32))
        ready.wait(30)


def test_two_processes_make_the_same_entry_at_once_and_one_whole_one_stays(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(2)
    processes = [context.Process(target=_write, args=(tmp_path, float(number), ready)) for number in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    found = read(tmp_path, {"name": "same"}, log=silent)
    assert found is not None
    assert len(np.unique(found)) == 1
    assert [one.name for one in tmp_path.iterdir()] == [key({"name": "same"})]


def test_what_was_used_longest_ago_is_dropped_first(tmp_path: Path) -> None:
    entries = [make(tmp_path, name, rows=1000) for name in "abc"]
    for age, entry in zip((300, 200, 100), entries, strict=True):
        os.utime(entry, (time.time() - age,) * 2)
    assert trim(tmp_path, limit=LIMIT) == []
    assert read(tmp_path, {"name": "a"}, log=silent) is not None  # used now
    one = sum(file.stat().st_size for file in entries[0].iterdir())
    assert trim(tmp_path, limit=2 * one + 100) == [entries[1]]
    assert trim(tmp_path, keep=entries[2].name, limit=0) == [entries[0]]
    assert [entry.name for entry in tmp_path.iterdir()] == [entries[2].name]


def test_a_reader_keeps_what_is_dropped_meanwhile(tmp_path: Path) -> None:
    make(tmp_path, "a", filler=7.0)
    values = read(tmp_path, {"name": "a"}, log=silent)
    trim(tmp_path, limit=0)
    assert values is not None
    assert np.all(values == 7.0)


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path) -> None:
    young, old = tmp_path / f"{cache.NEW}young", tmp_path / f"{cache.NEW}old"
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (time.time() - 2 * cache.ABANDONED,) * 2)
    trim(tmp_path)
    assert young.exists()
    assert not old.exists()


def test_an_entry_of_another_recipe_under_the_same_name_is_not_believed(tmp_path: Path) -> None:
    make(tmp_path, "a").rename(tmp_path / key({"name": "b"}))
    lines: list[str] = []
    assert read(tmp_path, {"name": "b"}, log=lines.append) is None
    assert "its description is of something else" in lines[0]
