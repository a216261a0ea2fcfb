from pathlib import Path

import pytest

from tests.export.networks import network


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-headed model without a report."""
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network({"defect": 1}).save(path)
    return path
