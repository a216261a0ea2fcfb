"""What is remembered is read back; what is damaged is refused."""

from pathlib import Path

import pytest

from aoi_modules.errors import StoreError
from aoi_modules.sync.memory import FILE, Memory, Seen


def test_it_is_read_back(tmp_path: Path) -> None:
    assert Memory.read(tmp_path) == Memory()
    memory = Memory({"tile": {3: "ab"}}, {"tile": {3: 1.5}}, {"tile": {2: 2.5}}, {"tile": {"stable": Seen(7, None)}})
    memory.write(tmp_path)
    assert Memory.read(tmp_path) == memory
    assert Memory.read(tmp_path).to_json() == memory.to_json()


@pytest.mark.parametrize("content", [b"", b'{"installed": [', b'{"moves": {"tile": {"stable": 3}}}'])
def test_a_damaged_one_is_refused_and_stays(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StoreError, match=r"\.sync\.json: damaged, so nobody knows which labels were seen") as caught:
        Memory.read(tmp_path)
    assert caught.value.hint.endswith("away to begin anew")
    assert (tmp_path / FILE).read_bytes() == content


def test_a_place_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"\.sync\.json: cannot be written: "):
        Memory().write(tmp_path / "file")
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match=r"\.sync\.json: cannot be read: Is a directory"):
        Memory.read(tmp_path)
