"""A YAML file as a struct: what is wrong is told by file, line and field; what YAML forgives is refused."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import RouteError
from aoi_modules.machine.yaml_file import YamlFile


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    size: int = 1


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: Inner
    names: list[str] = []


def parsed(text: str) -> Outer:
    file = YamlFile.parse(text, "some.yaml", "outer", RouteError)
    return file.struct(file.values, Outer)


def test_a_file_becomes_a_struct(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text("inner: {size: 3}\nnames: [a]\n")
    file = YamlFile.read(tmp_path / "some.yaml", "outer", RouteError)
    assert file.struct(file.values, Outer) == Outer(Inner(3), ["a"])
    assert file.struct(file.values, Outer, inner=Inner(5)).inner == Inner(5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inner:\n  size: many\n", "some.yaml, line 2: inner.size: Expected `int`, got `str`"),
        ("inner: {}\nnames:\n  - a\n  - 4\n", "some.yaml, line 4: names.1: Expected `str`, got `int`"),
        ("inner: {}\nmore: 1\n", "some.yaml, line 1: outer: Object contains unknown field `more`"),
        ("names: []\n", "some.yaml, line 1: outer: Object missing required field `inner`"),
        ("", "some.yaml, line 1: outer: Expected `object`, got `null`"),
        ("inner: {}\ninner: {}\n", "some.yaml, line 2: 'inner' stands twice, first in line 1"),
        ("names: [{a: 1, a: 2}]\n", "some.yaml, line 1: 'a' stands twice, first in line 1"),
        ("inner: [\n", "some.yaml: not valid YAML"),
        ("inner: 2026-13-45\n", "some.yaml: not valid YAML"),
    ],
)
def test_a_mistake_is_told_by_line_and_field(text: str, said: str) -> None:
    with pytest.raises(RouteError) as refused:
        parsed(text)
    assert said in refused.value.message


def test_fields_are_named_as_a_way_out() -> None:
    with pytest.raises(RouteError) as refused:
        parsed("inner: {sise: 1}")
    assert refused.value.hint == "fields there: inner, names"


def test_an_alias_that_leads_back_to_itself_ends() -> None:
    with pytest.raises(RouteError, match="unknown field"):
        parsed("inner: &it\n  again: *it\n")


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(RouteError, match="cannot be read: No such file") as refused:
        YamlFile.read(tmp_path / "none.yaml", "outer", RouteError)
    assert refused.value.hint == "expected the YAML file of the outer"
    (tmp_path / "some.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RouteError, match="it is not text"):
        YamlFile.read(tmp_path / "some.yaml", "outer", RouteError)
