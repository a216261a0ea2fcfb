import socket

import pytest
from hypothesis import settings

# A machine that does something else meanwhile is no failure; nothing here asserts a time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

LONGEST = (
    "tests/e2e/",
    "tests/test_readme.py",
    "tests/training/test_backup.py",
    "tests/training/test_run.py",
    "tests/commands/test_train.py",
    "tests/serving/test_server.py",
)
"""Begun first, so that on two cores the rest of the suite runs beside them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
