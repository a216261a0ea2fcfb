"""Manifests of lessons: what they list, and that damage is found."""

from pathlib import Path

import pytest

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.errors import ChecksumError, CourseError
from aoi_modules.modelstore.manifest import DataOrigin


def manifest_of(folder: Path) -> LessonManifest:
    return LessonManifest(
        lesson="1",
        profile="ci",
        made="2026-01-01T00:00:00+00:00",
        files=artifacts.listed_files(folder),
        figures={"accuracy": 0.5, "pictures": 3, "engine": "TensorFlow", "parity": True},
        data=(DataOrigin(name="tiles", sha256="00", stand_in=True),),
    )


def test_a_manifest_lists_everything_but_itself_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.txt").write_text("c")
    (tmp_path / artifacts.RECORD).write_text("{}")
    manifest = manifest_of(tmp_path)
    artifacts.write(tmp_path, manifest)
    assert list(manifest.files) == ["a/b/c.txt"]
    assert artifacts.listed_files(tmp_path) == manifest.files
    assert artifacts.read(tmp_path) == manifest


@pytest.mark.parametrize("damage", ["changed", None])
def test_a_changed_or_missing_file_is_named_with_the_repair(tmp_path: Path, damage: str | None) -> None:
    file = tmp_path / "c.txt"
    file.write_text("c")
    manifest = manifest_of(tmp_path)
    artifacts.verify(tmp_path, manifest, "aoi again")
    if damage:
        file.write_text(damage)
    else:
        file.unlink()
    with pytest.raises(ChecksumError, match=r"c\.txt is damaged") as raised:
        artifacts.verify(tmp_path, manifest, "aoi again")
    assert raised.value.hint == "repair: aoi again"


def test_what_is_no_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        artifacts.read(tmp_path)
    (tmp_path / artifacts.MANIFEST).write_text('{"lesson": 1}')
    with pytest.raises(CourseError, match="not a lesson's manifest"):
        artifacts.read(tmp_path)
