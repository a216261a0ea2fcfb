"""A real model server for exercises whose answers are programs: models that can be computed by hand."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_house
from tests.course.exercises.bright_models import write_bright_models


@pytest.fixture(scope="session")
def lesson_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`tile` and `pcb`, which judge by brightness, and `house`, which takes two numbers beside a picture."""
    folder = tmp_path_factory.mktemp("models")
    write_bright_models(folder)
    write_house(folder)
    return folder


@pytest.fixture(scope="session")
def lesson_server(lesson_models: Path) -> Iterator[EmbeddedServer]:
    """Serves all of them."""
    served = {"tile": lesson_models / "tile", "pcb": lesson_models / "pcb", "houses": lesson_models / "house"}
    with EmbeddedServer(served) as server:
        yield server


@pytest.fixture(scope="session")
def gray_pictures() -> list[bytes]:
    """Five pictures, each darker than the next: PNG, 8 x 8, gray levels 20 to 240."""
    return [gray(level) for level in (20, 70, 100, 150, 240)]


def gray(level: int) -> bytes:
    """A picture of one gray level as PNG."""
    file = io.BytesIO()
    Image.new("L", (8, 8), level).save(file, "PNG")
    return file.getvalue()
