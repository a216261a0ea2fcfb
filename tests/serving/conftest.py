from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.serving import saved_models


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Base paths of small models: `half`, `echo`, `strict`, `examples`, each with version 1."""
    folder = tmp_path_factory.mktemp("models")
    saved_models.half_plus_two(folder / "half" / "00000001")
    saved_models.echo(folder / "echo" / "1")
    saved_models.strict(folder / "strict" / "1")
    saved_models.of_examples(folder / "examples" / "1")
    return folder


@pytest.fixture(scope="session")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server of all models for tests that change nothing; `absent` waits for its base path."""
    monitoring = tmp_path_factory.mktemp("config") / "monitoring.config"
    monitoring.write_text("prometheus_config { enable: true }")
    names = ("half", "echo", "strict", "examples", "absent")
    with EmbeddedServer(
        {name: models / name for name in names},
        flags=[f"--monitoring_config_file={monitoring}", "--start_without_versions"],
    ) as running:
        yield running


@pytest.fixture(scope="session")
def channel(server: EmbeddedServer) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(server.grpc) as opened:
        yield opened
