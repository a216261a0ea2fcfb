"""How much memory a training takes on 60,000 pictures that the model sees at 96 x 96 pixels: pipelines stream.

    .venv/bin/python benchmarks/memory.py

All pixels at once would be 6.6 GB as float32. Two ways are measured, each in a process of its own: a frozen
MobileNetV2 0.35 inside the training, and the same by cached features.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.table import Split
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.learning import learn
from aoi_modules.training.plan import plan

PICTURES, SIDE, LIMIT = 60_000, 96, 4.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--way", choices=["pictures", "features"], help="train here, and print the peak")
    arguments.add_argument("--pictures", type=int, default=PICTURES)
    given = arguments.parse_args()
    if given.way:
        train(given.way, given.pictures)
        return
    for way in ("pictures", "features"):
        command = [sys.executable, __file__, "--way", way, "--pictures", str(given.pictures)]
        with tempfile.TemporaryDirectory() as cache:  # features of drawn repetitions are of no use later
            subprocess.run(command, check=True, env={**os.environ, "AOI_CACHE_DIR": cache})


def train(way: str, pictures: int) -> None:
    recipe = replace(
        recipes.by_name(fashion_mnist.NAME),
        picture_input=PictureInput(height=SIDE, width=SIDE, channels=3),
        backbone="mobilenet-v2-0.35",
        learning="on features",
        pooling="mean",
    )
    wanted = plan(recipe, profiles.by_name("cpu"), epochs=1, cached=way == "features", augment=False, fine_tune=0)
    split = fashion_mnist.load()
    began = time.perf_counter()
    learn(wanted, repeated(split, pictures), log=lambda line: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds = time.perf_counter() - began
    print(f"by {way:9} {pictures} pictures at {SIDE} px: peak {peak:.2f} GiB (asked: < {LIMIT:g}), {seconds:.0f} s")


def repeated(split: Split, pictures: int) -> Split:
    """The set with as many training pictures as asked, some of them twice."""
    rows = [row % len(split.train) for row in range(pictures)]
    return replace(split, train=split.train.take(rows), validation=split.validation.take(range(500)))


if __name__ == "__main__":
    main()
