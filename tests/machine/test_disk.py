"""What the system said about a file."""

import errno
import os
from pathlib import Path

import pytest

from aoi_modules.machine import disk


def caught(path: Path) -> OSError:
    """What the system says when a file is opened."""
    with pytest.raises(OSError) as error:  # noqa: PT011
        path.open("rb")
    return error.value


def test_another_file_that_the_system_names_is_said_too(tmp_path: Path) -> None:
    missing = tmp_path / "here" / "is nothing.png"
    said = "cannot be read: No such file or directory"
    assert disk.trouble(caught(missing), tmp_path, "cannot be read") == f"{tmp_path}: {said}: {missing}"
    assert disk.trouble(caught(missing), missing, "cannot be read") == f"{missing}: {said}"


@pytest.mark.parametrize("name", [None, 7, b"", ""])
def test_without_a_name_only_ours_is_said(tmp_path: Path, name: object) -> None:
    error = OSError(errno.EIO, os.strerror(errno.EIO), name)
    assert disk.trouble(error, tmp_path, "cannot be read") == f"{tmp_path}: cannot be read: Input/output error"


def test_a_full_disk_says_what_was_needed_and_what_is_free(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    said = disk.trouble(full, tmp_path / "new" / "values.npy", "cannot be written", needed=3_000_000_000)
    assert said.startswith(f"{tmp_path / 'new' / 'values.npy'}: cannot be written: No space left on device (3.0 GB")
    assert said.endswith(" free)")
    too_large = OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    assert disk.trouble(too_large, tmp_path, "cannot be written", needed=12) == (
        f"{tmp_path}: cannot be written: File too large (12 bytes needed)"
    )


def test_an_error_without_the_systems_words_keeps_its_own() -> None:
    assert disk.words(OSError("the decoder's words")) == "the decoder's words"
    assert disk.words(OSError()) == "OSError"


def test_what_to_do_is_said_where_the_cause_tells_it() -> None:
    assert "ulimit -n" in disk.way_out(OSError(errno.EMFILE, ""), "name another place")
    assert disk.way_out(OSError(errno.EACCES, ""), "name another place") == "name another place"


def test_room_is_looked_for_where_the_folder_will_be(tmp_path: Path) -> None:
    place = tmp_path / "not" / "yet"
    free = disk.free_bytes(place)
    assert free is not None
    assert disk.lacking(place, 1) == ""
    assert disk.lacking(place, free + 10**15).startswith("1")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_900, "1.0 MB"),
        (1_234_567_890, "1.2 GB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes_are_written_for_people(number: int, text: str) -> None:
    assert disk.size(number) == text
