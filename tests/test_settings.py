"""Environment over file over default; every setting has a row in the table, and the row is true."""

import os
from dataclasses import fields
from pathlib import Path

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.settings import Row, Settings, child_environment, load, preset, rows

SAMPLES = {"path": ("/some/where", Path("/some/where")), "true or false": ("true", True), "text": ("word", "word")}
"""Kind of a setting -> a value as it is written, and as it is read."""


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


def test_every_setting_has_a_row() -> None:
    assert len(rows()) == len(fields(Settings))
    for row in rows():
        assert row.kind in SAMPLES
        assert row.meaning, row
        assert not row.meaning.endswith("."), "the table's cells are no sentences with a full stop"
        assert row.default, row
    assert len({row.variable for row in rows()}) == len(rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.variable)
def test_a_row_names_the_variable_that_is_read(row: Row, tmp_path: Path) -> None:
    text, value = SAMPLES[row.kind]
    changed = load({row.variable: text}, tmp_path)
    before = load({}, tmp_path)
    names = [field.name for field in fields(Settings) if getattr(changed, field.name) != getattr(before, field.name)]
    assert value in [getattr(changed, name) for name in names]
    if row.key:
        assert names == [row.key]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.variable)
def test_a_row_names_the_key_that_the_file_may_hold(row: Row, tmp_path: Path) -> None:
    if row.key:
        text, value = SAMPLES[row.kind]
        (tmp_path / "aoi.toml").write_text(f'{row.key} = "{text}"')
        assert getattr(load({}, tmp_path), row.key) == value


@pytest.mark.parametrize("key", ["course_dir", "keras_dir", "malloc_arenas", "glibc_tunables"])
def test_the_file_holds_nothing_that_is_read_before_it_or_by_other_programs(key: str, tmp_path: Path) -> None:
    (tmp_path / "aoi.toml").write_text(f'{key} = "/somewhere"')
    with pytest.raises(SettingsError, match=f"unknown setting {key}"):
        load({}, tmp_path)


def test_a_child_gets_this_environment_and_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_TEST_OF_CHILDREN", "old")
    assert child_environment()["AOI_TEST_OF_CHILDREN"] == "old"
    assert child_environment(AOI_TEST_OF_CHILDREN="new")["AOI_TEST_OF_CHILDREN"] == "new"
    assert os.environ["AOI_TEST_OF_CHILDREN"] == "old"


def test_a_preset_stands_back_for_the_users_own_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_TEST_OF_PRESETS", "own")
    monkeypatch.setenv("AOI_TEST_OF_PRESETS_2", "own")  # so that it is put back at the end
    monkeypatch.delenv("AOI_TEST_OF_PRESETS_2")
    preset(AOI_TEST_OF_PRESETS="ours", AOI_TEST_OF_PRESETS_2="ours")
    assert (os.environ["AOI_TEST_OF_PRESETS"], os.environ["AOI_TEST_OF_PRESETS_2"]) == ("own", "ours")


def test_the_folders_below_the_course_folder(tmp_path: Path) -> None:
    settings = Settings(course_dir=tmp_path)
    assert (settings.artifacts_dir, settings.report_dir) == (tmp_path / "artifacts", tmp_path / "report")


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({}, False),
        ({"MALLOC_ARENA_MAX": "6"}, True),
        ({"GLIBC_TUNABLES": "glibc.malloc.arena_max=5"}, True),
        ({"GLIBC_TUNABLES": "glibc.malloc.trim_threshold=5"}, False),
    ],
)
def test_arenas_that_the_user_chose(environment: dict[str, str], chosen: bool, tmp_path: Path) -> None:
    assert load(environment, tmp_path).arenas_chosen is chosen


def test_what_may_hold_a_password_is_not_shown(tmp_path: Path) -> None:
    settings = load({"AOI_DATABASE_URL": "postgresql://a:hidden@h/d", "AOI_MQTT_PASSWORD": "hidden"}, tmp_path)
    assert settings.database_url.endswith("hidden@h/d")
    assert "hidden" not in repr(settings)
