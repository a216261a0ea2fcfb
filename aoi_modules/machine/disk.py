"""What the system said about a file, for people: which file, which cause, and how much room there is. No guesses."""

import errno
import os
import shutil
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How writing fails where there is no room for more."""
_WAYS_OUT = {
    errno.EMFILE: "let this process open more files: ulimit -n 4096",
    errno.ENFILE: "let this machine open more files, or end what holds them",
    errno.EFBIG: "let this process write larger files: ulimit -f unlimited",
    errno.EROFS: "name a place that can be written to",
}


def trouble(error: OSError, path: Path, doing: str, *, needed: int | None = None) -> str:
    """Says which file it was and what the system said about it: `/data/x.npy: cannot be written: Permission denied`.

    Args:
        error: what the system said; another file that it names is said, too.
        path: the file or folder that the work was about.
        doing: what failed: `cannot be written`.
        needed: bytes that were to be written, which is said where the disk is full.
    """
    other = named(error)
    where = f": {other}" if other not in (None, path) else ""
    return f"{path}: {doing}: {words(error)}{where}{_room(error, path, needed)}"


def words(error: OSError) -> str:
    """Gives the system's words alone: `Permission denied`."""
    return error.strerror or str(error) or type(error).__name__


def way_out(error: OSError, otherwise: str = "") -> str:
    """Says what to do about it, where the cause alone tells; for all other causes `otherwise`."""
    return _WAYS_OUT.get(error.errno or 0, otherwise)


def lacking(path: Path, needed: int) -> str:
    """Says how much room is missing for `needed` bytes at `path`, which need not exist; empty where there is enough."""
    free = free_bytes(path)
    if free is None or free >= needed:
        return ""
    return f"{size(needed)} needed, {size(free)} free"


def free_bytes(path: Path) -> int | None:
    """How many bytes fit into the file system of `path`, or of the nearest folder above it; None where nobody knows."""
    for place in (path, *path.absolute().parents):
        if place.exists():
            try:
                return shutil.disk_usage(place).free
            except OSError:  # then nobody knows
                return None
    return None


def size(number: int) -> str:
    """Writes a number of bytes for people: `1.2 GB`."""
    value, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 99.95 else f"{value:.1f} {unit}"


def named(error: OSError) -> Path | None:
    """Gives the file that the system names; None where it names none, or only the number of an open one."""
    name = error.filename
    return Path(os.fsdecode(name)) if isinstance(name, str | bytes) and name else None


def _room(error: OSError, place: Path, needed: int | None) -> str:
    """Of a full disk: what was needed and what is free."""
    if error.errno not in FULL:
        return ""
    free = free_bytes(place) if error.errno == errno.ENOSPC else None
    said = [f"{size(needed)} needed"] if needed is not None else []
    said += [f"{size(free)} free"] if free is not None else []
    return f" ({', '.join(said)})" if said else ""
