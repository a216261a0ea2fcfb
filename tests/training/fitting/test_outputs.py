"""The folder of a training."""

from pathlib import Path

import pytest

from aoi_modules.errors import ModelError, NotAPicture
from aoi_modules.training.fitting.outputs import check_free, staged


def fill(out: Path, text: str) -> None:
    with staged(out) as folder:
        (folder / "report.json").write_text(text)


def test_appears_whole_and_replaces_an_earlier_training(tmp_path: Path) -> None:
    out = tmp_path / "new" / "tile"
    for text in ("first", "second"):
        fill(out, text)
        assert (out / "report.json").read_text() == text
    assert [path.name for path in out.parent.iterdir()] == ["tile"]


def test_an_error_leaves_the_earlier_training(tmp_path: Path) -> None:
    out = tmp_path / "tile"
    fill(out, "first")
    with pytest.raises(TypeError), staged(out) as folder:
        (folder / "report.json").write_bytes("text")  # type: ignore[arg-type]
    assert (out / "report.json").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["tile"]


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    fill(tmp_path / "tile", "first")
    (tmp_path / "empty").mkdir()
    fill(tmp_path / "empty", "first")


def test_other_content_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match="not overwritten"):
        check_free(tmp_path)
    with pytest.raises(ModelError, match="a file"):
        check_free(tmp_path / "thesis.txt")


def test_a_full_disk_names_the_file_and_the_earlier_training_stays(tmp_path: Path) -> None:
    out = tmp_path / "tile"
    fill(out, "first")
    with pytest.raises(ModelError, match=r"tile: cannot be written: No space left on device: /x/plot.png"), staged(out):
        raise OSError(28, "No space left on device", "/x/plot.png")
    assert (out / "report.json").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["tile"]


def test_what_is_no_writing_passes_through(tmp_path: Path) -> None:
    with pytest.raises(NotAPicture, match=r"a.png"), staged(tmp_path / "tile"):
        raise NotAPicture("a.png: cannot be read")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        fill(tmp_path / "file" / "tile", "first")
