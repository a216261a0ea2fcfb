"""Files of a training's state: arrays and a note, replaced in one step or not at all, even when the power fails."""

import io
import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import Argument, ModelError
from aoi_modules.machine import disk

Array = NDArray[Any]
NOTE = "note"
AGAIN = "make room there and start the same command again: it goes on after its last whole epoch"


def write(path: Path, arrays: Sequence[Array], note: bytes = b"") -> None:
    """Writes arrays of any shapes and dtypes, and a note.

    Raises:
        ModelError: the disk takes no more; what was there stays.
    """
    named = {str(place): array for place, array in enumerate(arrays)}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{NOTE: np.frombuffer(note, np.uint8)}, **named)
    replace(path, file.getvalue())


def read(path: Path, shapes: Sequence[tuple[int, ...]]) -> tuple[list[Array], bytes]:
    """Reads what `write` wrote: the arrays, and the note.

    Args:
        path: of the file.
        shapes: of the arrays, as they have to be.

    Raises:
        ModelError: the file is damaged, holds other arrays, or cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file) as kept:  # which would leave a damaged file open
            values, note = [kept[str(place)] for place in range(len(shapes))], kept[NOTE].tobytes()
    except OSError as error:
        raise ModelError(disk.trouble(error, path, "cannot be read"), hint=disk.way_out(error)) from None
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _unfit(path, f"not the state of this training: {error}") from None
    if [value.shape for value in values] != list(shapes):
        raise _unfit(path, "the state of another model, its shapes differ")
    return values, note


def replace(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all.

    Raises:
        ModelError: the disk takes no more; what was there stays.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        said = disk.trouble(error, path, "cannot be written", needed=len(content))
        part.unlink(missing_ok=True)
        raise ModelError(said, hint=disk.way_out(error, AGAIN)) from None


def _unfit(path: Path, why: str) -> ModelError:
    again = Argument("restart", True)
    return ModelError(f"{path}: {why}", hint=f"add {again}", arguments=[again])
