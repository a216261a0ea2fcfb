"""A small training, for a process of its own that is killed."""

import json
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import numpy as np

from aoi_modules.tf import keras
from aoi_modules.training.fitting.examples import PictureExamples
from aoi_modules.training.fitting.fit import Schedule, fit
from aoi_modules.training.networks.augmentation import augmented
from aoi_modules.training.networks.heads import end_to_end
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.training.small import PICTURE, SIDES, split

Shape = Literal["plateau", "cosine"]


def run(work: Path, out: Path, shape: Shape, said: Connection) -> None:
    """Trains, sends each line, and writes weights and history where the training ends."""
    keras.utils.set_random_seed(0)
    tables = split(SIDES)
    model = end_to_end(small_cnn(PICTURE), [SIDES], tables.train)
    history = fit(
        augmented(model, ["mirror", "brightness"], seed=1),
        [SIDES],
        PictureExamples(tables.train, PICTURE),
        PictureExamples(tables.validation, PICTURE),
        Schedule(6, 16, shape=shape, patience=4),
        work=work,
        log=said.send,
    )
    np.savez(out, *(np.asarray(weight) for weight in model.get_weights()), allow_pickle=False)
    out.with_suffix(".json").write_text(json.dumps(history))
