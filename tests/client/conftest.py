import socket
from collections.abc import Iterator

import pytest

from tests.client.model_server import ModelServer


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A controllable model server on a free port."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
