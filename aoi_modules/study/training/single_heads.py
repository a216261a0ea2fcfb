"""Takes a trained model of several heads apart: one model for each, as when several people train for a component.

Heads on a frozen trunk do not influence each other: each has weights and a loss of its own. So they may learn side by
side, from features that are computed once, and are measured in one walk over the pictures.
"""

import shutil
from pathlib import Path

from msgspec.structs import replace

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.manifest import Head
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.tf import keras
from aoi_modules.training.networks.heads import PICTURE_FEATURES
from aoi_modules.training.reporting.samples import FOLDER as SAMPLES
from aoi_modules.training.run import MODEL

HEADS = "heads"
"""The layer of a trained model that holds its heads."""


def taken_apart(trained: Path, out: Path) -> dict[str, TrainingReport]:
    """Writes a model of its own for each head: its trunk and this one head, with report and samples.

    Args:
        trained: folder that `train` wrote: heads on the features of one picture.
        out: gets a folder for each head, named after it; an earlier one is replaced.

    Returns:
        Head -> report.

    Raises:
        ModelError: the training is not there, or its model has no heads on features.
    """
    report = training_report.read(trained)
    model = keras.models.load_model(trained / MODEL, compile=False)
    if model.layers[-1].name != HEADS or PICTURE_FEATURES not in model.layers[-1].input:
        raise ModelError(
            f"{trained / MODEL}: expected heads on the features of a backbone. Received the last layer "
            f"{model.layers[-1].name}",
            hint="train with a pretrained backbone",
        )
    return {head.name: _write(head, model, report, trained, out / head.name) for head in report.heads}


def alone(model: keras.Model, name: str) -> keras.Model:
    """Gives the model with one of its heads only; the weights are the same objects."""
    heads, features = model.layers[-1], model.layers[-2].output
    one = keras.Model(heads.input, {name: heads.output[name]}, name=HEADS)
    return keras.Model(model.input, one({PICTURE_FEATURES: features}), name=model.name)


def _write(head: Head, model: keras.Model, report: TrainingReport, trained: Path, folder: Path) -> TrainingReport:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    alone(model, head.name).save(folder / MODEL)
    shutil.copytree(trained / SAMPLES, folder / SAMPLES)
    counts = {name: value for name, value in report.metrics.items() if name.endswith("_pictures")}
    own = replace(
        report,
        heads=(head,),
        metrics={**head.metrics, **counts},
        classes=tuple(one for one in report.classes if one.head == head.name),
        mistakes=tuple(one for one in report.mistakes or () if one.head == head.name),
        model_sha256=file_sha256(folder / MODEL),
    )
    training_report.write(own, folder)
    return own
