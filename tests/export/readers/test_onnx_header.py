from pathlib import Path

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.onnx_header import OnnxHeader, read_header
from tests.export.readers.onnx_files import write


def test_names_and_shapes_are_read_without_the_weights(tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "net.onnx", ["n", 3, 24, 32]))
    assert header == OnnxHeader({"image": (None, 3, 24, 32)}, ("scores", "logits"))
    assert header.in_order == []


def test_pictures_with_the_in_order_are_told_apart(tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "net.onnx", [1, 24, 32, 3])).in_order == ["image"]


def test_other_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match=r"net\.onnx: not readable as an ONNX model"):
        read_header(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match="No such file"):
        read_header(tmp_path / "none.onnx")
