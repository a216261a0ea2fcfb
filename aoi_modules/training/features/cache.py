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
from aoi_modules.errors import Argument, DataError
from aoi_modules.machine import disk
from aoi_modules.progress import Say
from aoi_modules.settings import Settings

Features = NDArray[np.float32] | NDArray[np.float16]
"""(V, N, F): F features of V views of N pictures. Or (N, F), those of one view."""
Dependencies = Mapping[str, str | int]
"""Everything that features depend on, in plain text and numbers."""

FOLDER, VALUES, ENTRY = "features", "values.npy", "entry.json"
KEPT = "features cannot be kept"
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

    A damaged entry is removed, and `log` is told. One that the system does not let us read may be whole, and stays.

    Returns:
        float16 or float32 (V, N, F), mapped from the disk, read-only.

    Raises:
        DataError: the system does not let us read the entry.
    """
    place = root / key(depends_on)
    try:
        if not place.exists():
            return None
        values = _whole(place, depends_on)
    except (FileNotFoundError, EOFError, ValueError, _Damaged, msgspec.DecodeError) as error:
        log(f"cached features {place} are damaged ({error}): computed anew")
        remove(place)
        return None
    except OSError as error:
        raise _unusable(error, place, "cached features cannot be read") from None
    with contextlib.suppress(OSError):  # a cache that others may only read: then its owner sees to what is dropped
        os.utime(place)  # used now, so it is dropped last
    return values


class _Damaged(Exception):
    """An entry that is not what it says."""


def _whole(place: Path, depends_on: Dependencies) -> Features:
    entry = msgspec.json.decode((place / ENTRY).read_bytes(), type=Entry)
    if entry.depends_on != dict(depends_on):
        raise _Damaged("its description is of something else")
    if file_sum(place / VALUES) != entry.sha256:
        raise _Damaged("its checksum does not fit")
    values: Features = np.load(place / VALUES, mmap_mode="r")
    if values.shape != entry.shape or values.dtype.name != entry.dtype:
        raise _Damaged(f"expected {entry.dtype} {entry.shape}, found {values.dtype} {values.shape}")
    return values


class Writer:
    """Takes blocks of features in any order and writes them into a file of NumPy's format."""

    def __init__(self, path: Path, shape: tuple[int, int, int], dtype: str) -> None:
        self.path, self.shape, self.dtype = path, shape, np.dtype(dtype)
        self.needed = int(np.prod(shape)) * self.dtype.itemsize
        self._file = path.open("wb")
        header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._start = self._file.tell()
        self._file.truncate(self._start + self.needed)

    def write(self, row: int, block: NDArray[np.float32]) -> None:
        """Writes float32 (B, F) as the rows `row`, `row + 1`, ... of the (V * N, F) that are stored.

        Raises:
            DataError: a number is not finite, or too large for float16; or the disk takes no more.
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
        try:
            while content:
                written = os.pwrite(self._file.fileno(), content, place)
                content, place = content[written:], place + written
        except OSError as error:
            raise _unusable(error, self.path, KEPT, needed=self.needed) from None

    def close(self) -> None:
        """Closes the file; nothing can be written afterwards."""
        self._file.close()


@contextlib.contextmanager
def writing(
    root: Path, depends_on: Dependencies, shape: tuple[int, int, int], dtype: str, engine: Callable[[], str]
) -> Iterator[Writer]:
    """Hands out a writer; the entry appears when the block ends well, otherwise nothing does.

    What fails in the block passes through as it is.

    Args:
        root: see `folder`.
        depends_on: what the features depend on.
        shape: (V, N, F).
        dtype: `float16` or `float32`.
        engine: gives the name of what computed them; called at the end.

    Raises:
        DataError: the cache cannot be written, or has no room for them.
    """
    staging = root / f"{NEW}{key(depends_on)}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        writer = _begin(staging, shape, dtype)
        try:
            yield writer
        finally:
            writer.close()
        _finish(staging, root / key(depends_on), depends_on, writer, engine())
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _begin(staging: Path, shape: tuple[int, int, int], dtype: str) -> Writer:
    """Looks for room before hours are spent, and opens the file."""
    needed = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if lacking := disk.lacking(staging, needed):
        raise _refusal(f"{staging.parent}: {KEPT}: {lacking}")
    try:
        staging.mkdir(parents=True)
        return Writer(staging / VALUES, shape, dtype)
    except OSError as error:
        raise _unusable(error, staging.parent, KEPT, needed=needed) from None


def _finish(staging: Path, place: Path, depends_on: Dependencies, writer: Writer, engine: str) -> None:
    """Describes the values and puts the entry where readers find it."""
    try:
        entry = Entry(
            depends_on=dict(depends_on),
            shape=writer.shape,
            dtype=writer.dtype.name,
            sha256=file_sum(writer.path),
            engine=engine,
        )
        (staging / ENTRY).write_bytes(msgspec.json.format(msgspec.json.encode(entry), indent=2))
        _publish(staging, place)
    except OSError as error:
        raise _unusable(error, place, KEPT, needed=writer.needed) from None


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


def _unusable(error: OSError, place: Path, doing: str, *, needed: int | None = None) -> DataError:
    said = disk.trouble(error, place, doing, needed=needed)
    return _refusal(said, disk.way_out(error))


def _refusal(said: str, way_out: str = "") -> DataError:
    uncached = Argument("cached", False)
    other = f"set AOI_CACHE_DIR to another place with more room, or add {uncached}"
    return DataError(said, hint=way_out or other, arguments=[uncached])


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
    except OSError:  # gone
        return 0.0


def _size(entry: Path) -> int:
    def one(file: Path) -> int:
        with contextlib.suppress(OSError):  # gone, so it takes no room
            return int(file.stat().st_size)
        return 0

    return sum(one(file) for file in entry.glob("*"))
