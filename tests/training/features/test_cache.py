"""Features on the disk."""

import multiprocessing
import os
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
