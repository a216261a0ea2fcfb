"""Weights in a mirror or the cache."""

from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.weights import KNOWN_SUMS, find_first, find_weights
from aoi_modules.errors import ChecksumError
from aoi_modules.settings import Settings


def test_mirror_before_cache_and_none_when_absent(given: Settings) -> None:
    assert find_weights("own.weights.h5", given=given) is None
    cached, mirrored = (folder / "weights" / "own.weights.h5" for folder in (given.cache_dir, given.data_dir) if folder)
    for path in (cached, mirrored):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"weights")
    assert find_weights("own.weights.h5", given=given) == mirrored
    mirrored.unlink()
    assert find_weights("own.weights.h5", given=given) == cached


def test_a_damaged_file_of_ours_is_never_used(given: Settings) -> None:
    name, expected = next(iter(KNOWN_SUMS.items()))
    path = given.cache_dir / "weights" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    with pytest.raises(ChecksumError) as caught:
        find_weights(name, given=given)
    assert caught.value.expected == expected
    assert str(path) in caught.value.hint


def test_keras_own_downloads_count_too(given: Settings, tmp_path: Path) -> None:
    given = replace(given, keras_dir=tmp_path / "keras")
    path = tmp_path / "keras/models/vgg.h5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    assert find_weights("vgg.h5", given=given) == path
    assert find_first(["better.h5", "vgg.h5"], given=given) == ("Keras' cache", path)
    assert find_first(["better.h5"], given=given) is None
