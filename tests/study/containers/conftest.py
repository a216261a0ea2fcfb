"""The container engine of this machine, if it has one."""

from collections.abc import Iterator

import pytest

from aoi_modules.study.containers.engine import Engine
from tests import container_engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine; what a test starts by it is removed."""
    found = container_engine.engine("test-study")
    yield found
    found.tidy()
