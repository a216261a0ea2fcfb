"""One process at a time."""

from pathlib import Path

import pytest

from aoi_modules.datasets.sources.lock import alone
from aoi_modules.errors import DataError


def test_a_second_holder_waits_and_gives_up_by_name(tmp_path: Path) -> None:
    path = tmp_path / "new" / "set.lock"
    with alone(path, 1.0), pytest.raises(DataError, match=r"set\.lock: another process"), alone(path, 0.0):
        pass
    with alone(path, 0.0):
        assert path.exists()
