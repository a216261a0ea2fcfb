"""The speed of a machine: measured, remembered for this machine alone, and compared."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.course import speed
from aoi_modules.course.speed import Speed
from aoi_modules.machine.processors import processors


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rough measurement will do here."""
    monkeypatch.setattr(speed, "SECONDS", 0.01)


def known(**changes: object) -> Speed:
    return msgspec.structs.replace(Speed(machine=speed.this_machine(), multiply_adds=4.0, additions=2.0), **changes)


def test_a_measured_machine_has_a_speed_and_a_name() -> None:
    measured = speed.measure()
    assert measured.multiply_adds > 0
    assert measured.additions > 0
    assert f"{processors()} cores" in measured.machine


def test_a_speed_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "cache" / speed.FILE_NAME
    first = speed.of_this_machine(path.parent)
    assert path.is_file()
    assert speed.of_this_machine(path.parent) == first


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b'{"machine": 3}', msgspec.json.encode(known(machine="another"))]
)
def test_what_is_not_the_speed_of_this_machine_is_measured_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / speed.FILE_NAME).write_bytes(content)
    assert speed.of_this_machine(tmp_path).machine == speed.this_machine()
    assert msgspec.json.decode((tmp_path / speed.FILE_NAME).read_bytes(), type=Speed).machine == speed.this_machine()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert speed.of_this_machine(file / "cache").machine == speed.this_machine()


def test_slowness_is_a_ratio() -> None:
    assert speed.slowness(known(), known()) == pytest.approx(1.0)
    half = known(multiply_adds=2.0, additions=1.0)
    assert speed.slowness(half, known()) == pytest.approx(2.0)
    assert speed.slowness(known(), half) == pytest.approx(0.5)
    assert 1.0 < speed.slowness(known(additions=1.0), known()) < 2.0
