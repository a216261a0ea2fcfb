"""Version directories in the team's form, made by hand from graphs of which all is known."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from aoi_modules.export import graph
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.golden import Golden, drawn_pictures
from aoi_modules.modelstore.manifest import DataOrigin, Head, Manifest, PictureInput, Source
from aoi_modules.modelstore.reference import Reference
from aoi_modules.pictures.quality import Quality
from aoi_modules.tf import tf
from tests.export.inspect.merged_graphs import Made, merged

PICTURE = PictureInput(height=24, width=32, channels=3)
DATA = DataOrigin(name="drawn", sha256="d" * 64, stand_in=True)
LEARNT_FROM = (Quality(0.4, 20.0), Quality(0.6, 23.0))


def put(base_path: Path, models: Mapping[str, Made], *, threshold: float = 0.4, metric: float = 0.98) -> Path:
    """Writes the next version of the component `pcb`; gives its folder."""
    frozen = merged(models)
    folder = base_path / "pcb"
    version = version_dir.next_version(folder)
    manifest = Manifest(
        component="pcb",
        version=version,
        heads=tuple(
            Head(name=head, kind="defect", labels=("good", head), threshold=threshold, metrics={"auroc": metric})
            for head in models
        ),
        picture=PICTURE,
        sources=tuple(
            Source(heads=(head,), picture=PICTURE, file=f"{head}.keras", sha256=str(hash(model.layers)), data=DATA)
            for head, model in models.items()
        ),
        reference=Reference.of(LEARNT_FROM),
    )
    pictures = drawn_pictures(PICTURE)
    batch = np.stack([np.asarray(Image.open(io.BytesIO(picture))) for picture in pictures])
    scores = graph.run_frozen(frozen, [{"image": batch}], list(models))[0]
    with version_dir.staged(folder, version) as staging:
        tf.saved_model.save(tf.Module(), str(staging), signatures={"pixels": _pixels(frozen, list(models))})
        manifest.write(staging)
        (staging / layout.PIXELS_FILE).write_bytes(frozen.SerializeToString())
        (staging / layout.WARMUP_FILE).write_bytes(b"")
        Golden(pictures, scores).write(staging)
    return folder / str(version)


def put_foreign(folder: Path, scale: float = 1.0) -> Path:
    """Writes a SavedModel as other tools do: with a variable, and nothing beside it."""
    module = tf.Module()
    module.weights = tf.Variable(tf.ones((4, 2)) * scale)
    module.steps = tf.Variable(7, dtype=tf.int64)

    @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
    def serve(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": x @ module.weights}

    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve.get_concrete_function()})
    return folder


def _pixels(frozen: graph.GraphDef, heads: list[str]) -> object:
    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3), tf.uint8, name="image")])
    def pixels(image: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = [f"{head}:0" for head in heads]
        return dict(zip(heads, tf.import_graph_def(frozen, {"image:0": image}, return_elements=outputs), strict=True))

    return pixels.get_concrete_function()
