"""A line whose results are kept."""

from pathlib import Path

import pytest

from tests.commands.results.lines import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "line")
