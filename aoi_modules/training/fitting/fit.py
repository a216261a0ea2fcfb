"""Fits a model: callbacks, one line an epoch or a bar on a terminal, and a state on the disk to go on from."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import Head
from aoi_modules.progress import Advance, Say, on_terminal, progress, say
from aoi_modules.tf import keras, tf, words
from aoi_modules.training.fitting import state_file
from aoi_modules.training.fitting.backup import Backup, History
from aoi_modules.training.fitting.best_weights import BestWeights
from aoi_modules.training.fitting.examples import Examples
from aoi_modules.training.fitting.losses import compile_for
from aoi_modules.training.fitting.unfinished import TENSORBOARD
from aoi_modules.training.wishes import Imbalance, ScheduleShape

LINES = 10
"""Lines that a long training writes at most."""
MOST_MEASURES = 6
"""With more of them a line would be too long to read, and tells the losses alone."""
PLATEAU, SMALLER = 2, 0.5
"""After `PLATEAU` epochs without a better validation loss the learning rate is multiplied by `SMALLER`."""


@dataclass(frozen=True)
class Schedule:
    """How long a model is fitted, and in what steps.

    Args:
        epochs: at most.
        batch_size: rows a step.
        learning_rate: the highest.
        shape: `plateau` keeps the rate until validation stops improving, then halves it; `cosine` raises it over the
            first tenth of the steps and lowers it to nothing at the last.
        patience: epochs without a better validation loss before stopping; 0 never stops early.
        imbalance: `focal-loss` changes the loss of classes and defects; the other ways change the examples instead.
        seed: of the order of the rows.
    """

    epochs: int
    batch_size: int = 64
    learning_rate: float = 2e-3
    shape: ScheduleShape = "plateau"
    patience: int = 0
    imbalance: Imbalance = "none"
    seed: int = 0

    def rate(self, steps: int) -> "float | keras.optimizers.schedules.LearningRateSchedule":
        """Gives the learning rate for a training of so many steps."""
        if self.shape == "plateau":
            return self.learning_rate
        warm = max(1, steps // 10)
        return keras.optimizers.schedules.CosineDecay(
            self.learning_rate / 10, max(1, steps - warm), warmup_target=self.learning_rate, warmup_steps=warm
        )


def fit(
    model: keras.Model,
    heads: Sequence[Head],
    train: Examples,
    validation: Examples,
    schedule: Schedule,
    *,
    work: Path | None = None,
    log: Say = say,
) -> History:
    """Fits `model` and leaves it with the weights of its best epoch, by the loss on the validation rows.

    Args:
        model: input as the examples give it, output a dict with an entry for each head.
        heads: of the outputs.
        train: rows to learn from.
        validation: rows to decide with.
        schedule: how long, and in what steps.
        work: folder for state, best weights, `training.csv` and TensorBoard's files. A training that was killed goes
            on from there, and ends where it would have ended. None keeps nothing.
        log: told in lines how it goes.

    Returns:
        Measure -> its value after each epoch; what was measured on the validation rows starts with `validation_`.

    Raises:
        ModelError: the state in `work` is damaged or belongs to another model, or the disk takes no more.
    """
    with _folder(work) as folder:
        steps = train.steps(schedule.batch_size)
        rate = schedule.rate(steps * schedule.epochs)
        compile_for(model, heads, rate, imbalance=schedule.imbalance)
        best = BestWeights(folder)
        callbacks = [best, *keepers(folder, schedule, tensorboard=work is not None)]
        backup = Backup(folder, callbacks)
        done = backup.restore(model)
        if done:
            log(f"going on after epoch {done} of {schedule.epochs}")
        if done < schedule.epochs and not backup.stopped:
            bar = progress("training", schedule.epochs, done=done, unit="epochs")
            with bar if on_terminal() else nullcontext(_nothing) as advance, _events_named(folder / TENSORBOARD):
                model.fit(
                    train.stream(schedule.batch_size, schedule.epochs, done, schedule.seed),
                    validation_data=validation.once(),
                    steps_per_epoch=steps,
                    initial_epoch=done,
                    epochs=schedule.epochs,
                    verbose=0,
                    shuffle=False,
                    callbacks=[EpochLines(schedule.epochs, log, advance), *callbacks, backup],
                )
        best.bring_back(model)
    return {our_name(name): values for name, values in backup.history.items()}


def keepers(folder: Path, schedule: Schedule, *, tensorboard: bool = True) -> list[keras.callbacks.Callback]:
    """Makes Keras' callbacks of a training: smaller steps, early stopping, TensorBoard."""
    found: list[keras.callbacks.Callback] = []
    if schedule.shape == "plateau":
        found.append(keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=SMALLER, patience=PLATEAU))
    if schedule.patience:
        found.append(keras.callbacks.EarlyStopping(monitor="val_loss", patience=schedule.patience))
    if tensorboard:
        found.append(keras.callbacks.TensorBoard(folder / TENSORBOARD, write_graph=False))
    return found


@contextmanager
def _events_named(folder: Path) -> Iterator[None]:
    """Says what TensorFlow says about the folder of TensorBoard's files; every other error passes through."""
    try:
        yield
    except tf.errors.OpError as error:
        if str(folder) not in str(error):
            raise
        raise ModelError(f"{folder}: cannot be written: {words(error)}", hint=state_file.AGAIN) from error


@contextmanager
def _folder(work: Path | None) -> Iterator[Path]:
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
        yield work
    else:
        with tempfile.TemporaryDirectory(prefix="aoi-fit-") as folder:
            yield Path(folder)


class EpochLines(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no annotations
    """Tells how training goes: at most `LINES` lines, and each epoch to the bar."""

    def __init__(self, epochs: int, log: Say, advance: Advance) -> None:
        super().__init__()
        self.epochs, self.log, self.advance = epochs, log, advance
        self.every = max(1, epochs // LINES)
        self.start = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Starts the epoch's clock."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Moves the bar, and tells the epoch's measures and seconds when a line is due."""
        self.advance(1)
        last = epoch + 1 == self.epochs or self.model.stop_training
        if (epoch + 1) % self.every and not last:
            return
        shown = {our_name(name): value for name, value in (logs or {}).items() if name != "learning_rate"}
        if len(shown) > MOST_MEASURES:  # of several heads; the history has all of them
            shown = {name: value for name, value in shown.items() if name in ("loss", "validation_loss")}
        measures = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in shown.items())
        self.log(f"epoch {epoch + 1}/{self.epochs}: {measures} ({time.perf_counter() - self.start:.1f} s)")


def our_name(name: str) -> str:
    """Writes Keras' `val_` as `validation_`."""
    return name.replace("val_", "validation_", 1) if name.startswith("val_") else name


def _nothing(amount: int) -> None:
    """On plain output the epoch lines are the progress."""
