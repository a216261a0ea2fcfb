"""The copy in which how-tos are followed."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.howto.copy_of_house import CopyOfHouse


@pytest.fixture
def house(tmp_path: Path) -> Iterator[CopyOfHouse]:
    """A copy of the package and its lessons; servers that were started in it are stopped at the end."""
    with ExitStack() as servers:
        yield CopyOfHouse.made(tmp_path, servers)
