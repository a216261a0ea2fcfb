"""What the course leaves, in small: a servable that judges tiles by how dark they are, and a lamp that no set shows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.line.servables import Servable, of_course
from tests.client.servables import write_lamp


def write_course(folder: Path) -> Path:
    """Lets lesson 6 of a course have run at the size ci; returns its folder of artifacts."""
    from aoi_modules.datasets import magnetic_tile
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.readers.keras_network import network_of
    from aoi_modules.export.servable import write_servable
    from aoi_modules.modelstore.manifest import DataOrigin, Head
    from aoi_modules.tf import keras

    lesson = artifacts.lesson_dir(folder, "ci", "6")
    image = keras.Input((8, 8, 1), name="image")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    constant = keras.initializers.Constant
    weights = {"kernel_initializer": constant(-9.0), "bias_initializer": constant(3.0)}
    network = keras.Model(
        image, {"defect": keras.layers.Dense(1, activation="sigmoid", name="defect", **weights)(mean)}
    )
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.5, review_band=(0.4, 0.5))
    origin = DataOrigin(name=magnetic_tile.NAME, sha256="0" * 64, stand_in=True)
    source = replace(ModelSource(network_of(network), (head,)), data=origin, profile="ci")
    write_servable(source, "tile", lesson / "models")
    write_lamp(lesson / "models")
    files = artifacts.listed_files(lesson)
    artifacts.write(lesson, LessonManifest(lesson="6", profile="ci", made="2026-12-01T00:00:00+00:00", files=files))
    return folder


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder in whose artifacts lesson 6 has run; who uses it is marked as slow."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "curriculum.yml").touch()
    write_course(folder / "artifacts")
    return folder


@pytest.fixture(scope="session")
def by_name(course: Path) -> Mapping[str, Servable]:
    """The servables of the course, by name."""
    return {one.name: one for one in of_course(course / "artifacts")}
