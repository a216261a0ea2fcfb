"""The folder in which a training keeps its state until it is done: beside the result, hidden, and gone at the end."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.errors import Argument, ModelError
from aoi_modules.lock import alone
from aoi_modules.machine import disk

PLAN, LOCK = "plan", "lock"
CSV_NAME, TENSORBOARD = "training.csv", "tensorboard"
"""The logs of a phase, which stay with the result."""
KEPT_MODEL = "learned.keras"
"""The model that has learnt, see `kept_model`."""


def folder_of(out: Path) -> Path:
    """Names the folder in which the training that will become `out` keeps its state."""
    return out.parent / f".{out.name}.unfinished"


@contextmanager
def unfinished(out: Path, fingerprint: str, *, restart: bool = False) -> Iterator[Path]:
    """Gives the folder of an unfinished training, with its state if it was the same training; removes it at the end.

    Args:
        out: the result's folder.
        fingerprint: of plan and data; a state with another one is forgotten.
        restart: forget the state in any case.

    Raises:
        ModelError: another process is at this training now; another training's model, which has learnt, is kept there;
            or the folder cannot be used. What fails in the block is not touched.
    """
    folder = folder_of(out)
    with alone(folder / LOCK, 0.0, _refusal(f"{out}: another process is training this just now")):
        _claim(folder, fingerprint, restart)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)


def _claim(folder: Path, fingerprint: str, restart: bool) -> None:
    """Makes the folder that of this training; what another one left there is forgotten."""
    mark = folder / PLAN
    try:
        same = mark.is_file() and mark.read_text(errors="replace") == fingerprint
        if not same and not restart and (folder / KEPT_MODEL).is_file():
            raise _not_thrown_away(folder / KEPT_MODEL)
        if restart or not same:
            _empty(folder)
            mark.write_text(fingerprint)
    except OSError as error:
        raise _refusal(disk.trouble(error, folder, "cannot be used")) from None


def keep_logs(work: Path, out: Path) -> None:
    """Copies the logs of every phase into the result: `training.csv` and `tensorboard/`, each with the phase's name."""
    for table in sorted(work.rglob(CSV_NAME)):
        phase = table.parent.relative_to(work).parts
        shutil.copy2(table, out / ("-".join([table.stem, *phase]) + table.suffix))
    for folder in sorted(work.rglob(TENSORBOARD)):
        shutil.copytree(folder, out / TENSORBOARD / folder.parent.relative_to(work), dirs_exist_ok=True)


def _not_thrown_away(model: Path) -> ModelError:
    """The work of hours, whose last step failed; only a person knows whether it is still wanted."""
    again, out = Argument("restart", True), Argument("out")
    return ModelError(
        f"{model}: the model of a training that was not written to its end, with other arguments or other pictures",
        hint=f"start that training again to have it written; or name another {out}; or forget it: {again}",
        arguments=[again, out],
    )


def _refusal(message: str) -> ModelError:
    out = Argument("out")
    return ModelError(message, hint=f"name another {out}", arguments=[out])


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
