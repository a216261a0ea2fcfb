from pathlib import Path

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.settings import load


def test_the_course_folder_is_the_nearest_one_with_a_curriculum(tmp_path: Path) -> None:
    (tmp_path / "curriculum.yml").touch()
    inner = tmp_path / "notebooks" / "deep"
    inner.mkdir(parents=True)
    settings = load({}, inner)
    assert settings.course_dir == tmp_path
    assert settings.artifacts_dir == tmp_path / "artifacts"


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    (tmp_path / "curriculum.yml").touch()
    (tmp_path / "aoi.toml").write_text('data_dir = "/from/file"\noffline = true\n')
    from_file = load({}, tmp_path)
    assert (from_file.data_dir, from_file.offline) == (Path("/from/file"), True)
    from_environment = load({"AOI_DATA_DIR": "/from/env", "AOI_OFFLINE": "no"}, tmp_path)
    assert (from_environment.data_dir, from_environment.offline) == (Path("/from/env"), False)


def test_a_word_that_is_no_truth_value_is_refused_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"AOI_OFFLINE: expected true or false\. Received: 'maybe'"):
        load({"AOI_OFFLINE": "maybe"}, tmp_path)


@pytest.mark.parametrize(("text", "words"), [("colour = 1", "unknown setting colour"), ("a = = 1", "not valid TOML")])
def test_a_bad_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "aoi.toml").write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        load({}, tmp_path)
    assert str(tmp_path / "aoi.toml") in str(caught.value)


def test_paths_are_absolute_whatever_they_were_given_as(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "aoi.toml").write_text('data_dir = "mirror"')
    from_file = load({"AOI_COURSE_DIR": "course"}, tmp_path)
    assert from_file.course_dir == tmp_path / "course"
    assert from_file.data_dir == tmp_path / "course" / "mirror"
    assert from_file.progress_file == tmp_path / "course" / "progress.json"
    from_environment = load({"AOI_DATA_DIR": "data", "AOI_PROGRESS_FILE": "mine.json"}, tmp_path)
    assert from_environment.data_dir == tmp_path / "data"
    assert from_environment.progress_file == tmp_path / "mine.json"
    assert load({}, tmp_path).cache_dir == Path.home() / ".cache" / "aoi"
