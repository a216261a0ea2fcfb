"""The IDX format."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.fashion_mnist import idx
from aoi_modules.errors import DataError


def encoded(values: bytes, *shape: int) -> bytes:
    return gzip.compress(bytes((0, 0, 8, len(shape))) + struct.pack(f">{len(shape)}I", *shape) + values)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_reads_what_was_written(tmp_path_factory: pytest.TempPathFactory, shape: list[int]) -> None:
    path = tmp_path_factory.mktemp("idx") / "x.gz"
    values = np.arange(np.prod(shape)).astype(np.uint8)
    path.write_bytes(encoded(values.tobytes(), *shape))
    assert np.array_equal(idx.read(path), values.reshape(shape))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"no gzip", "expected a gzip file"),
        (encoded(b"abcd", 2, 2)[:-6], "expected a gzip file"),
        (gzip.compress(b""), "expected an IDX header"),
        (gzip.compress(b"\0\0\x0d\1\0\0\0\1abcd"), "expected an IDX header"),
        (gzip.compress(b"\0\0\x08\3\0\0"), "expected an IDX header"),
        (encoded(b"abc", 2, 2), r"expected 4 values .* Received: 3"),
        (encoded(b"abcde", 2, 2), r"expected 4 values .* Received: 5"),
    ],
    ids=["no gzip", "cut gzip", "nothing", "other type", "cut header", "too few", "too many"],
)
def test_other_content_is_refused_by_name(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"labels\.gz: {text}"):
        idx.read(path)
