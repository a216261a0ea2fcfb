"""Passwords and secrets in files."""

from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.sinks.secret_file import read_secret


def test_the_end_of_the_line_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("two words\n")
    assert read_secret(path, "password_file") == "two words"


@pytest.mark.parametrize(
    ("content", "fault"), [(None, "cannot be read: No such file"), (b"\n", "is empty"), (b"\xff", "is no text")]
)
def test_what_holds_no_secret_is_said_with_field_and_file(tmp_path: Path, content: bytes | None, fault: str) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ResultsError, match=f"^password_file: {path}.*{fault}"):
        read_secret(path, "password_file")
