"""The written types: up to date, complete, and checked without being written."""

import ast
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor

from aoi_modules.wire import message_types
from aoi_modules.wire.descriptors import message_descriptors


def declared(node: ast.ClassDef, prefix: str = "") -> dict[str, set[str]]:
    """The names that a class and those inside it declare; an inner class is called `Outer.Inner`."""
    name = f"{prefix}{node.name}"
    found: dict[str, set[str]] = {name: set()}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            found[name].add(item.target.id)
        elif isinstance(item, ast.FunctionDef) and item.name != "__init__":
            found[name].add(item.name)
        elif isinstance(item, ast.ClassDef):
            found |= declared(item, f"{name}.")
    return found


def fields(message: Descriptor, prefix: str = "") -> dict[str, set[str]]:
    """The names of the fields of a message and of those inside it."""
    name = f"{prefix}{message.name}"
    found = {name: {field.name for field in message.fields}}
    for nested in message.nested_types:
        if not nested.GetOptions().map_entry:
            found |= fields(nested, f"{name}.")
    return found


def test_the_file_is_up_to_date() -> None:
    assert message_types.main(["--check"]) is None
    assert message_types.PATH.read_text() == message_types.text()


def test_types_name_every_field_of_every_message() -> None:
    written: dict[str, set[str]] = {}
    for node in ast.parse(message_types.text()).body:
        if isinstance(node, ast.ClassDef):
            written |= declared(node)
    wanted: dict[str, set[str]] = {}
    for message in message_descriptors().values():
        wanted |= fields(message)
    assert written == wanted


def test_each_kind_of_field_has_its_type() -> None:
    text = message_types.text()
    assert "    version_number: int\n" in text
    assert "    tensor_content: bytes\n" in text
    assert "    def half_val(self) -> RepeatedScalar[int]: ..." in text
    assert "    def dim(self) -> RepeatedComposite[TensorShapeProto.Dim]: ..." in text
    assert "    def version(self) -> Int64Value: ..." in text
    assert "    def inputs(self) -> MessageMap[str, TensorProto]: ..." in text
    assert "    def version_labels(self) -> ScalarMap[str, int]: ..." in text
    assert "    def __init__(self, *, label: str | None = ..., score: float | None = ...) -> None: ..." in text


def test_a_file_that_is_out_of_date_is_told_by_the_check_and_mended_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "messages.pyi"
    file.write_text("class Old: ...\n")
    monkeypatch.setattr(message_types, "PATH", file)
    assert message_types.main(["--check"]) == f"{file}: not what the schema says. Run: make format"
    assert file.read_text() == "class Old: ...\n"
    assert message_types.main([]) is None
    assert message_types.main(["--check"]) is None
