"""TFRecord files, compared with TensorFlow's own reader and writer."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import WireError
from aoi_modules.tf import tf
from aoi_modules.wire import records

contents = st.lists(st.binary(max_size=300), max_size=5)


@given(contents)
@settings(max_examples=30, deadline=None)
def test_files_are_byte_for_byte_those_of_tensorflow(written: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours"), Path(folder, "theirs")
        records.write_records(ours, written)
        with tf.io.TFRecordWriter(str(theirs)) as writer:
            for record in written:
                writer.write(record)
        assert ours.read_bytes() == theirs.read_bytes()
        assert list(records.read_records(theirs)) == written


@given(contents.filter(any), st.data())
@settings(max_examples=60, deadline=None)
def test_one_changed_byte_is_found(written: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records")
        records.write_records(path, written)
        content = bytearray(path.read_bytes())
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        with pytest.raises(WireError, match="damaged"):
            list(records.read_records(path))


def test_a_file_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records"
    records.write_records(path, [b"request"])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WireError, match="damaged"):
        list(records.read_records(path))
