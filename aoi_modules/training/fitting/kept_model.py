"""The model right after it has learnt, kept until the training is written: what fails afterwards costs no learning.

learned.keras   the model
learned.json    how it was trained, and the model's checksum; written last, so with it the model is whole
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from aoi_modules.datasets.sources.ledger import file_sum
from aoi_modules.errors import ModelError
from aoi_modules.machine import disk
from aoi_modules.progress import Say
from aoi_modules.tf import keras
from aoi_modules.training.fitting import state_file
from aoi_modules.training.fitting.learning import Learned
from aoi_modules.training.fitting.unfinished import KEPT_MODEL

NOTE = "learned.json"
AGAIN = "make room there and start the same command again: it goes on where it was"


class Note(msgspec.Struct, frozen=True):
    """What `learned.json` says: the model's SHA-256, Keras' version, and every field of `Learned` but the model."""

    sha256: str
    keras: str
    learned: dict[str, Any]


def learned_once(work: Path, learn: Callable[[], Learned], *, log: Say) -> Learned:
    """Gives the model that is kept in the folder of the training, or lets it learn and keeps it.

    Args:
        work: folder of the training, see `unfinished`.
        learn: the learning.
        log: told where the model is.

    Raises:
        ModelError: the model cannot be kept.
    """
    path = work / KEPT_MODEL
    note = _note(work)
    if note is not None and note.keras == keras.__version__ and note.sha256 == file_sum(path):
        log(f"the model has learnt already, going on from {path}")
        return Learned(model=keras.models.load_model(path, compile=False), **note.learned)
    learned = learn()
    try:
        _keep(learned, path, work / NOTE)
    except OSError as error:
        raise ModelError(disk.trouble(error, path, "the model cannot be kept"), hint=AGAIN) from None
    log(f"model kept until all is written: {path}")
    return learned


def place(work: Path | None, model: keras.Model, target: Path) -> None:
    """Puts the model where it belongs: the kept file itself, or, where none is kept, a new one."""
    if work is None or not (work / KEPT_MODEL).is_file():
        model.save(target)
        return
    try:
        os.link(work / KEPT_MODEL, target)  # takes no room on a disk that may be full
    except OSError:  # a file system without links; the copy says what fails
        shutil.copyfile(work / KEPT_MODEL, target)


@contextmanager
def mentioned(work: Path) -> Iterator[None]:
    """Adds to whatever ends the block where the model is kept."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"the model is kept: {work / KEPT_MODEL}; the same command goes on from it")
        raise


def _note(work: Path) -> Note | None:
    try:
        return msgspec.json.decode((work / NOTE).read_bytes(), type=Note)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _keep(learned: Learned, path: Path, note: Path) -> None:
    part = path.with_name(f"part-{path.name}")  # Keras insists on the suffix
    try:
        learned.model.save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    values = {field.name: getattr(learned, field.name) for field in fields(learned) if field.name != "model"}
    content = msgspec.json.encode(Note(sha256=file_sum(path), keras=keras.__version__, learned=values))
    state_file.replace(note, content)
