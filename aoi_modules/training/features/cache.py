"""Features on the disk: one folder an entry below `<cache>/features`, named by a key of everything they depend on.

    <key>/values.npy    float16 or float32 (V, N, F), V views of N pictures
    <key>/entry.json    what the key stands for, shape, checksum, the engine that computed it

An entry is written into a folder `.new-...` and renamed when it is whole. If two processes write the same entry at
once, that of the first to finish stays. No TensorFlow.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.sources.ledger import file_sum
from aoi_modules.errors import DataError
from aoi_modules.progress import Say
from aoi_modules.settings import Settings

Features = NDArray[np.float32] | NDArray[np.float16]
"""(V, N, F): F features of V views of N pictures. Or (N, F), those of one view."""
Dependencies = Mapping[str, str | int]
"""Everything that features depend on, in plain text and numbers."""

FOLDER, VALUES, ENTRY = "features", "values.npy", "entry.json"
NEW = ".new-"
LIMIT = 8_000_000_000
"""Bytes that all entries together may take."""
ABANDONED = 24 * 3600.0
"""Seconds after which an unfinished entry counts as left behind by a process that was killed."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What `entry.json` says; what the features depend on is called `recipe` there."""

    depends_on: dict[str, str | int] = msgspec.field(name="recipe")
    shape: tuple[int, int, int]
    dtype: str
    sha256: str
    engine: str


def folder(given: Settings) -> Path:
    """Gives the folder of all entries."""
    return given.cache_dir / FOLDER


def key(depends_on: Dependencies) -> str:
    """Gives the name of the entry with these dependencies: 32 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(dict(depends_on), order="sorted")).hexdigest()[:32]


def read(root: Path, depends_on: Dependencies, *, log: Say) -> Features | None:
    """Reads the features with these dependencies; None when they must be computed.

    A damaged entry is removed, and `log` is told.

    Returns:
        float16 or float32 (V, N, F), mapped from the disk, read-only.
    """
    place = root / key(depends_on)
    if not place.exists():
        return None
    try:
        entry = msgspec.json.decode((place / ENTRY).read_bytes(), type=Entry)
        if entry.depends_on != dict(depends_on):
            raise DataError("its description is of something else")
        if file_sum(place / VALUES) != entry.sha256:
            raise DataError("its checksum does not fit")
        values: Features = np.load(place / VALUES, mmap_mode="r")
        if values.shape != entry.shape or values.dtype.name != entry.dtype:
            raise DataError(f"expected {entry.dtype} {entry.shape}, found {values.dtype} {values.shape}")
        os.utime(place)  # used now, so it is dropped last
    except (OSError, EOFError, ValueError, DataError, msgspec.DecodeError) as error:
        log(f"cached features {place} are damaged ({error}): computed anew")
        remove(place)
        return None
    return values


class Writer:
    """Takes blocks of features in any order and writes them into a file of NumPy's format."""

    def __init__(self, path: Path, shape: tuple[int, int, int], dtype: str) -> None:
        self.path, self.shape, self.dtype = path, shape, np.dtype(dtype)
        self._file = path.open("wb")
        header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._start = self._file.tell()
        self._file.truncate(self._start + int(np.prod(shape)) * self.dtype.itemsize)

    def write(self, row: int, block: NDArray[np.float32]) -> None:
        """Writes float32 (B, F) as the rows `row`, `row + 1`, ... of the (V * N, F) that are stored.

        Raises:
            DataError: a number is not finite, or too large for float16.
        """
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(block, self.dtype)
        if not np.isfinite(stored).all():
            raise DataError(
                f"features of rows {row} to {row + len(block) - 1}: expected numbers that {self.dtype} holds. "
                f"Received: up to {np.abs(block).max():g}",
                hint="keep them as float32, and look at the backbone's weights" if self.dtype == np.float16 else "",
            )
        # A plain write, not a mapped page: a full disk is an error then, not a crash.
        content, place = memoryview(stored.tobytes()), self._start + row * self.shape[2] * self.dtype.itemsize
        while content:
            written = os.pwrite(self._file.fileno(), content, place)
            content, place = content[written:], place + written

    def close(self) -> None:
        """Closes the file; nothing can be written afterwards."""
        self._file.close()


@contextlib.contextmanager
def writing(
    root: Path, depends_on: Dependencies, shape: tuple[int, int, int], dtype: str, engine: Callable[[], str]
) -> Iterator[Writer]:
    """Hands out a writer; the entry appears when the block ends well, otherwise nothing does.

    Args:
        root: see `folder`.
        depends_on: what the features depend on.
        shape: (V, N, F).
        dtype: `float16` or `float32`.
        engine: gives the name of what computed them; called at the end.

    Raises:
        DataError: the cache cannot be written.
    """
    staging = root / f"{NEW}{key(depends_on)}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        staging.mkdir(parents=True)
        writer = Writer(staging / VALUES, shape, dtype)
        try:
            yield writer
        finally:
            writer.close()
        entry = Entry(
            depends_on=dict(depends_on), shape=shape, dtype=dtype, sha256=file_sum(staging / VALUES), engine=engine()
        )
        (staging / ENTRY).write_bytes(msgspec.json.format(msgspec.json.encode(entry), indent=2))
        _publish(staging, root / key(depends_on))
    except OSError as error:
        raise DataError(
            f"{root}: features cannot be kept: {error.strerror or error}", hint="set AOI_CACHE_DIR to a roomier place"
        ) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def trim(root: Path, *, keep: str = "", limit: int = LIMIT) -> list[Path]:
    """Drops the entries unused for longest until all together fit the limit, and what killed processes left behind.

    Args:
        root: see `folder`.
        keep: key of an entry that stays.
        limit: bytes.

    Returns:
        The entries dropped.
    """
    for left in root.glob(f"{NEW}*"):
        if time.time() - _used(left) > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    entries = sorted((one for one in root.glob("[0-9a-f]*") if one.is_dir()), key=_used)
    total = sum(map(_size, entries))
    dropped = []
    for entry in entries:
        if total <= limit:
            break
        if entry.name != keep:
            total -= _size(entry)
            remove(entry)
            dropped.append(entry)
    return dropped


def remove(place: Path) -> None:
    """Removes an entry at once, so that no reader sees half of it."""
    gone = place.with_name(f"{NEW}gone-{os.getpid()}-{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):  # another process was faster
        place.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _publish(staging: Path, place: Path) -> None:
    try:
        staging.rename(place)
    except OSError:
        if not place.is_dir():  # else another process made the same entry meanwhile
            raise


def _used(entry: Path) -> float:
    """When it was last used, in seconds since 1970; 0 when it is gone."""
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _size(entry: Path) -> int:
    def one(file: Path) -> int:
        with contextlib.suppress(OSError):
            return int(file.stat().st_size)
        return 0

    return sum(one(file) for file in entry.glob("*"))
