"""Where weights would come from."""

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.settings import Settings
from aoi_modules.training.networks.catalogue import by_name
from aoi_modules.training.networks.weight_origin import (
    DOWNLOAD,
    DOWNLOAD_TIMEOUT,
    RANDOM,
    Origin,
    bounded_download,
    origin,
)


@pytest.fixture
def machine(tmp_path: Path) -> Settings:
    return Settings(course_dir=tmp_path, cache_dir=tmp_path / "cache", keras_dir=tmp_path / "keras")


def test_a_file_first_then_a_download_then_nothing(machine: Settings) -> None:
    vgg = by_name("vgg16")
    assert origin(vgg, given=machine) == Origin(DOWNLOAD)
    assert origin(vgg, given=replace(machine, offline=True)) == Origin(RANDOM)
    assert origin(by_name("small-cnn"), given=machine) == Origin(RANDOM)
    path = machine.course_dir / "keras/models" / vgg.files[0]
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    assert origin(vgg, given=replace(machine, offline=True)) == Origin("Keras' cache", path)


def test_a_better_file_in_the_cache_wins_over_a_worse_one_in_the_mirror(machine: Settings) -> None:
    best, other = "mobilenet_v2_0.35_224_imagenet_notop.weights.h5", "mobilenet_v2_0.35_128_imagenet_notop.weights.h5"
    given = replace(machine, data_dir=machine.course_dir / "mirror")
    for folder, name in ((machine.course_dir / "mirror/weights", other), (machine.cache_dir / "weights", best)):
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"weights")
    assert origin(by_name("mobilenet-v2-0.35"), given=given) == Origin("cache", machine.cache_dir / "weights" / best)


def test_keras_downloads_in_bounded_time_and_away_from_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    before = socket.getdefaulttimeout()
    with bounded_download():
        assert socket.getdefaulttimeout() == DOWNLOAD_TIMEOUT
        sys.stdout.write("Downloading data")
    assert socket.getdefaulttimeout() == before
    assert capsys.readouterr().out == ""
