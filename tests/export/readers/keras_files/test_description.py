import json
import zipfile
from pathlib import Path

import h5py
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.description import read_config

CONFIG = {"class_name": "Sequential", "config": {"name": "net", "layers": []}}


def write_zip(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return path


def test_a_zip_says_what_is_in_it_and_who_wrote_it(tmp_path: Path) -> None:
    metadata = json.dumps({"keras_version": "2.13.1"})
    file = read_config(write_zip(tmp_path / "m.keras", config=json.dumps(CONFIG), metadata=metadata))
    assert (file.config, file.version, file.keras2, file.legacy) == (CONFIG, "2.13.1", True, False)


def test_a_legacy_file_says_so_too(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as content:
        content.attrs.update({"model_config": json.dumps(CONFIG), "keras_version": b"3.0.0", "backend": "jax"})
    file = read_config(tmp_path / "m.h5")
    assert (file.config, file.version, file.keras2) == (CONFIG, "3.0.0", False)
    assert (file.backend, file.legacy) == ("jax", True)


@pytest.mark.parametrize(
    ("version", "old"), [("", True), ("2.2.4-tf", True), ("2.21.0", True), ("3.0.0", False), ("3.15.1", False)]
)
def test_files_without_a_version_are_older_than_keras_3(tmp_path: Path, version: str, old: bool) -> None:
    path = write_zip(tmp_path / "m.keras", config=json.dumps(CONFIG), metadata=json.dumps({"keras_version": version}))
    assert read_config(path).keras2 is old


@pytest.mark.parametrize("config", ["", "[]", '{"class_name": "Sequential"}', "{" * 3000, '{"a":' * 100_000, "\udcff"])
def test_a_configuration_that_is_none_is_one_sentence(tmp_path: Path, config: str) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config.encode(errors="surrogateescape"))
    with pytest.raises(ModelError, match="not readable as a Keras model"):
        read_config(path)


@pytest.mark.parametrize("size", [100, 600, 2000])
def test_a_file_that_was_cut_off_is_one_sentence(tmp_path: Path, size: int) -> None:
    whole = tmp_path / "whole.h5"
    with h5py.File(whole, "w") as content:
        content.attrs["model_config"] = json.dumps(CONFIG)
        content["model_weights/dense/kernel"] = [0.0] * 1000
    (tmp_path / "m.h5").write_bytes(whole.read_bytes()[:size])
    with pytest.raises(ModelError, match="not readable as a Keras model"):
        read_config(tmp_path / "m.h5")
