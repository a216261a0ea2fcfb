"""A real servable in two versions, which tells bright parts from dark ones."""

from pathlib import Path

import pytest

from tests.client.servables import write_lamp


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base path of versions 1 and 2 of `lamp`."""
    base_path = tmp_path_factory.mktemp("models")
    write_lamp(base_path)
    return write_lamp(base_path)
