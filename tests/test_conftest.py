from pathlib import Path

import pytest

from tests.conftest import LONGEST

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", LONGEST)
def test_what_is_begun_first_has_tests(path: str) -> None:
    found = ROOT / path
    assert found.is_file() or list(found.glob("test_*.py"))
