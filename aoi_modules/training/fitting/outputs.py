"""The folder that a training writes: whole or not at all, and never over something else."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.errors import Argument, ModelError
from aoi_modules.machine import disk
from aoi_modules.modelstore.training_report import FILE_NAME


def check_free(out: Path) -> None:
    """Makes sure, before hours of work, that the result may be written there.

    Raises:
        ModelError: `out` is a file, or a folder with something other than an earlier training.
    """
    wrong = Argument("out")
    if out.exists() and not out.is_dir():
        raise ModelError(f"{wrong}: expected a folder. Received: {out}, a file", arguments=[wrong])
    if out.is_dir() and any(out.iterdir()) and not (out / FILE_NAME).is_file():
        raise ModelError(
            f"{wrong}: {out} holds something that is no training, and is not overwritten",
            hint="name a new folder",
            arguments=[wrong],
        )


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Gives a folder to fill; when the block ends well it becomes `out`, in place of an earlier training there.

    Raises:
        ModelError: the folder cannot be written; names the file, and what the system said.
    """
    check_free(out)
    staging = _new_beside(out)
    try:
        yield staging
        _publish(staging, out)
    except OSError as error:  # the block only writes: what cannot be read is an error of ours by now
        raise _unwritten(error, out) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _new_beside(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _unwritten(error, out) from error


def _publish(staging: Path, out: Path) -> None:
    staging.chmod(0o755)
    if not out.exists():
        staging.rename(out)
        return
    # The old folder moves aside first: a rename never replaces a folder with content.
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.rename(aside / "old")
    staging.rename(out)
    shutil.rmtree(aside, ignore_errors=True)


def _unwritten(error: OSError, out: Path) -> ModelError:
    wrong = Argument("out")
    room = "make room there, or " if error.errno in disk.FULL else ""
    hint = disk.way_out(error, f"{room}name another {wrong}")
    return ModelError(disk.trouble(error, out, "cannot be written"), hint=hint, arguments=[wrong])
