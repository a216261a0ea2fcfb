"""The file that the spool is appended to."""

import subprocess
import sys
from pathlib import Path

import pytest

from aoi_modules.errors import SpoolFull
from aoi_modules.results.spool.segment import Segment, segment_path, segment_size, segments
from tests import services
from tests.disks import fill, small_disk

FAILING = """
import sys
from pathlib import Path
from aoi_modules.errors import SpoolFull
from aoi_modules.results.spool.segment import Segment
path = Path(sys.argv[1])
for what in ("open", "append", "append", "append"):
    try:
        if what == "open":
            segment = Segment(path)
        else:
            start = segment.size
            segment.append([b"abc"])
            segment.wait_for_disk(start)
    except SpoolFull as error:
        print(what, error.message, path.exists() and path.stat().st_size)
        if what == "open":
            segment = Segment(path)
print(path.read_bytes())
"""


@pytest.mark.parametrize("sync", [True, False])
def test_buffers_stand_behind_each_other(tmp_path: Path, sync: bool) -> None:
    segment = Segment(tmp_path / "1", sync=sync)
    sizes = [segment.append([b"one", b"", b"two"]), segment.append([]), segment.append([b"three"])]
    segment.close()
    assert sizes == [6, 6, 11]
    assert (tmp_path / "1").read_bytes() == b"onetwothree"


def test_more_buffers_than_a_system_takes_at_once_are_written(tmp_path: Path) -> None:
    buffers = [b"%d," % number for number in range(5000)]
    segment = Segment(tmp_path / "1")
    assert segment.append(buffers) == sum(map(len, buffers))
    segment.close()
    assert (tmp_path / "1").read_bytes() == b"".join(buffers)


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"entries")
    with pytest.raises(SpoolFull, match="1: cannot be written: File exists"):
        Segment(tmp_path / "1")
    assert (tmp_path / "1").read_bytes() == b"entries"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpoolFull, match="gone/1: cannot be written: No such file or directory"):
        Segment(tmp_path / "gone" / "1")


def test_what_a_full_disk_takes_in_part_is_taken_back(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        segment = Segment(disk / "1")
        segment.append([b"whole"])
        with pytest.raises(SpoolFull, match=r"No space left on device"):
            segment.append([bytes(600_000), bytes(600_000)])
        assert (segment.size, (disk / "1").read_bytes()) == (5, b"whole")
        assert segment.append([b", and more"]) == 15
        filler = fill(disk)
        with pytest.raises(SpoolFull):
            segment.append([bytes(100_000)])
        filler.unlink()
        assert segment.append([bytes(100_000)]) == 100_015
        segment.close()
        assert (disk / "1").read_bytes() == b"whole, and more" + bytes(100_000)


@services.need(services.STRACE)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fdatasync:error=EIO:when=2", "append {path}: cannot be written: Input/output error 3\nb'abcabc'\n"),
        ("fsync:error=EIO:when=1", "open {path}: cannot be written: Input/output error False\nb'abcabcabc'\n"),
        ("pwritev,pwritev2:error=ENOSPC:when=3", "append {path}: cannot be written: No space left on device ("),
        ("pwritev,pwritev2:error=EIO:when=9", "b'abcabcabc'\n"),
    ],
    ids=["the disk fails", "the folder fails", "no room", "no fault"],
)
def test_after_a_fault_the_file_is_as_before_and_the_next_try_goes_well(tmp_path: Path, fault: str, said: str) -> None:
    path = tmp_path / "1"
    tracing = [services.path_of("strace"), "-f", "-o", str(tmp_path / "trace"), "-e", f"inject={fault}"]
    done = subprocess.run(
        [*tracing, sys.executable, "-c", FAILING, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith(said.format(path=path)), done.stderr


def test_segments_are_known_by_their_names(tmp_path: Path) -> None:
    for name in ("0000000012.spool", "0000000002.spool", "0000000002.damaged", "rows.mark", "lock", "2.spool"):
        (tmp_path / name).write_bytes(b"12345")
    assert segments(tmp_path) == [2, 12]
    assert segment_path(tmp_path, 12) == tmp_path / "0000000012.spool"
    assert (segment_size(tmp_path, 12), segment_size(tmp_path, 13)) == (5, 0)
