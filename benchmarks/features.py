"""What cached features save: extraction against the bare forward pass, cached against naive head training, in one run.

    .venv/bin/python benchmarks/features.py --backbone mobilenet-v2 --pictures 10000

First table: pictures a second of the traced forward pass alone, on a batch that is ready, and of extraction, which
decodes, resizes and writes to the disk as well. The ways take turns, so that a slow moment of the machine hits all
alike; the processor's milliseconds a picture count what this process alone used. Second table: seconds for a head on
a frozen backbone, with the backbone in every epoch (naive) and with features computed once (cached: extraction, its
preparation and all epochs of the head). Naive epochs are measured before and after the cached trainings and
extrapolated; `--full` runs them all. Ratios within a run hold on any machine; the seconds are this machine's.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.table import Table
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.settings import settings
from aoi_modules.tf import keras, tf
from aoi_modules.training.features import openvino_forward
from aoi_modules.training.features.cache import Writer
from aoi_modules.training.features.extraction import BATCH, blocks, choose
from aoi_modules.training.features.forward import traced
from aoi_modules.training.features.lookup import features
from aoi_modules.training.features.views import PLAIN
from aoi_modules.training.fitting.examples import FeatureExamples, PictureExamples
from aoi_modules.training.fitting.fit import Schedule, fit
from aoi_modules.training.networks.backbones import pretrained
from aoi_modules.training.networks.heads import Scale, head_model, join

Engine = Literal["tensorflow", "openvino"]
HEAD = Head(name="category", kind="class", labels=fashion_mnist.LABEL_NAMES)
VALIDATION = 500
SLICE = 1024
"""Pictures of one turn."""


@dataclass(frozen=True)
class Work:
    """What is measured on: a frozen backbone, the pictures, and where features may go."""

    backbone: keras.Model
    picture: PictureInput
    train: Table
    validation: Table
    engines: tuple[Engine, ...]
    folder: Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", default="mobilenet-v2", help="see aoi backbones")
    parser.add_argument("--side", type=int, default=96, help="pixels that the backbone looks at")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each way in the first table")
    parser.add_argument("--epochs", type=int, default=20, help="of the head; 0 leaves the second table out")
    parser.add_argument("--full", action="store_true", help="run all naive epochs instead of extrapolating")
    options = parser.parse_args()
    keras.utils.set_random_seed(0)
    picture = PictureInput(height=options.side, width=options.side, channels=3)
    split = fashion_mnist.load(train=options.pictures, validation=VALIDATION, test=10)
    backbone, weights = pretrained(options.backbone, picture, pooling="mean")
    engines: tuple[Engine, ...] = ("tensorflow", "openvino") if openvino_forward.installed() else ("tensorflow",)
    print(f"{options.backbone}, weights {weights}, {len(split.train)} pictures at {options.side} px, batch {BATCH}")
    with tempfile.TemporaryDirectory() as folder:
        work = Work(backbone, picture, split.train, split.validation, engines, Path(folder))
        throughput(work, options.rounds)
        if options.epochs:
            training(work, options.epochs, options.full)


def throughput(work: Work, rounds: int) -> None:
    """Prints the first table."""
    table = work.train.take(range(min(SLICE, len(work.train))))
    first = next(blocks(table, work.picture, PLAIN, BATCH))[1]
    ready, function = tf.convert_to_tensor(first), traced(work.backbone)
    width = work.backbone.outputs[0].shape[1]
    ways: dict[str, Callable[[], object]] = {
        "traced forward pass alone, TensorFlow": lambda: [function(ready).numpy() for _ in range(len(table) // BATCH)]
    }
    for engine in work.engines:
        forward = choose(work.backbone, first, len(work.train), engine, print)

        def extraction(forward: object = forward) -> None:
            writer = Writer(work.folder / "values.npy", (1, len(table), width), "float32")
            forward.run(blocks(table, work.picture, PLAIN, BATCH), writer.write)  # type: ignore[attr-defined]
            writer.close()

        ways[f"extraction, {forward.name}"] = extraction
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            busy = time.process_time()
            seconds = timed(way)
            if number:  # the first turn warms up
                turns[name].append((len(table) / seconds, 1000 * (time.process_time() - busy) / len(table)))
    medians = {
        name: (statistics.median(r for r, _ in found), statistics.median(c for _, c in found))
        for name, found in turns.items()
    }
    alone, alone_busy = next(iter(medians.values()))
    print(f"\n{'':42} {'pictures/s':>10} {'x forward':>10} {'CPU ms':>10} {'x less':>10}")
    for name, (rate, busy) in medians.items():
        print(f"{name:42} {rate:10.0f} {rate / alone:10.2f} {busy:10.2f} {alone_busy / busy:10.2f}")


def training(work: Work, epochs: int, full: bool) -> None:
    """Prints the second table."""
    before = naive_epochs(work, epochs if full else 2)
    cached = {engine: timed(partial(train_cached, work, engine, epochs)) for engine in work.engines}
    if full:
        naive, note = sum(before), "all epochs run"
    else:
        after = naive_epochs(work, 2)
        naive = before[0] + (epochs - 1) * statistics.mean([before[1], after[1]])
        note = f"extrapolated from epochs of {before[0]:.1f}, {before[1]:.1f}, {after[0]:.1f} and {after[1]:.1f} s"
    print(f"\n{f'a head, {epochs} epochs':42} {'seconds':>10} {'x faster':>10}")
    print(f"{'naive, the backbone in every epoch':42} {naive:10.1f} {1:10.1f}  ({note})")
    for engine, seconds in cached.items():
        print(f"{f'cached, extraction by {engine} included':42} {seconds:10.1f} {naive / seconds:10.1f}")


def naive_epochs(work: Work, epochs: int) -> list[float]:
    """Seconds of each epoch with the backbone in it; the first has the preparation too."""
    width = work.backbone.outputs[0].shape[1]
    model = join(work.backbone, head_model([HEAD], Scale(np.zeros(width), np.ones(width)), work.train))
    train, validation = (PictureExamples(table, work.picture) for table in (work.train, work.validation))
    ends = [time.perf_counter()]

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(time.perf_counter())

    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        train.stream(BATCH, epochs, 0, 0),
        validation_data=validation.once(),
        steps_per_epoch=train.steps(BATCH),
        epochs=epochs,
        verbose=0,
        callbacks=[Clock()],
    )
    return np.diff(ends).tolist()


def train_cached(work: Work, engine: Engine, epochs: int) -> None:
    """Extraction and all epochs of the head, as a recipe does it, from an empty cache."""
    given = replace(settings(), course_dir=work.folder, cache_dir=work.folder / engine)
    train = features(work.backbone, work.train, work.picture, engine=engine, given=given)
    validation = features(work.backbone, work.validation, work.picture, given=given)
    model = head_model([HEAD], Scale.of(train[0]), work.train)
    schedule = Schedule(epochs=epochs, batch_size=BATCH)
    fit(model, [HEAD], FeatureExamples(train, work.train), FeatureExamples(validation, work.validation), schedule)


def timed(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
