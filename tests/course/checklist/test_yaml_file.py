"""YAML files of ours: read as structs, and a mistake in one is named by file and field."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.course.checklist import yaml_file
from aoi_modules.errors import CourseError


class Form(msgspec.Struct, forbid_unknown_fields=True):
    names: tuple[str, ...]


def test_a_file_is_read_as_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("names: [one, zwei]")
    assert yaml_file.read(tmp_path / "a.yml", Form) == Form(("one", "zwei"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"),
        (b"names: [", "not valid YAML"),
        (b"names: [\xff]", "not valid YAML"),
        (b"names: [1]", r"Expected `str`, got `int` - at `\$.names\[0\]`"),
        (b"names: []\nmore: 1", "unknown field `more`"),
        (b"", "Expected `object`, got `null`"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "a.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match=f"^{path}: .*{words}"):
        yaml_file.read(path, Form)
