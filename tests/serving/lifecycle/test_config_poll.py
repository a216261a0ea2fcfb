"""A config file that changes while the server runs."""

import logging
from pathlib import Path

import pytest

from aoi_modules.serving import model_config
from aoi_modules.serving.lifecycle.config_poll import ConfigPoll
from aoi_modules.serving.lifecycle.stream import Retries
from aoi_modules.serving.lifecycle.versions import Versions
from aoi_modules.serving.model_config import ServedModel
from tests.serving.calls import wait_for
from tests.serving.fake_engine import Loads


def write(file: Path, *names: str) -> None:
    """Writes a config in one step, as whoever changes it should."""
    whole = file.with_suffix(".new")
    whole.write_text(model_config.to_text(ServedModel(name, file.parent / name) for name in names))
    whole.rename(file)


@pytest.fixture
def versions() -> Versions:
    return Versions([], Loads(), poll_seconds=0, retries=Retries(0, seconds=60), load_threads=1)


def test_each_poll_follows_the_file(tmp_path: Path, versions: Versions) -> None:
    file = tmp_path / "models.config"
    config = ConfigPoll(file, 0, versions)
    write(file, "a", "b")
    config.poll()
    assert versions.names() == {"a", "b"}
    write(file, "b")
    config.poll()
    assert versions.names() == {"b"}
    versions.close()


def test_a_file_that_cannot_be_used_changes_nothing_and_is_told_once(
    tmp_path: Path, versions: Versions, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "models.config"
    config = ConfigPoll(file, 0, versions)
    write(file, "a")
    config.poll()
    file.write_text("no config")
    with caplog.at_level(logging.ERROR):
        config.poll()
        config.poll()
    assert versions.names() == {"a"}
    told = [record.message for record in caplog.records if "is not followed" in record.message]
    assert len(told) == 1
    assert f"--model_config_file: {file}: not a tensorflow.serving.ModelServerConfig" in told[0]
    write(file, "a", "b")
    config.poll()
    assert versions.names() == {"a", "b"}
    versions.close()


def test_a_file_that_is_empty_for_a_moment_ends_nothing(tmp_path: Path, versions: Versions) -> None:
    file = tmp_path / "models.config"
    config = ConfigPoll(file, 0, versions)
    write(file, "a")
    config.poll()
    file.write_text("")
    config.poll()
    assert versions.names() == {"a"}
    write(file)
    config.poll()
    assert versions.names() == set()
    versions.close()


def test_a_file_that_is_a_link_is_followed_to_its_new_target(tmp_path: Path, versions: Versions) -> None:
    """A ConfigMap in Kubernetes: the file is a link below a folder that is a link, and that one is swapped."""
    for release, names in (("..1", ("a",)), ("..2", ("b",))):
        (tmp_path / release).mkdir()
        write(tmp_path / release / "models.config", *names)
    (tmp_path / "..data").symlink_to("..1")
    file = tmp_path / "models.config"
    file.symlink_to("..data/models.config")
    config = ConfigPoll(file, 0, versions)
    config.poll()
    assert versions.names() == {"a"}
    (tmp_path / "..tmp").symlink_to("..2")
    (tmp_path / "..tmp").rename(tmp_path / "..data")
    config.poll()
    assert versions.names() == {"b"}
    versions.close()


def test_the_thread_polls_until_it_is_stopped(tmp_path: Path, versions: Versions) -> None:
    file = tmp_path / "models.config"
    config = ConfigPoll(file, 0.01, versions)
    config.start()
    write(file, "a")
    wait_for(versions.names, lambda names: names == {"a"})
    config.stop()
    versions.close()


def test_zero_seconds_never_poll(tmp_path: Path, versions: Versions) -> None:
    config = ConfigPoll(tmp_path / "models.config", 0, versions)
    config.start()
    config.stop()
    assert versions.names() == set()
