"""Trained models -> one servable: the uniform version directory of the team.

    <base path>/<name>/<version>/
      saved_model.pb, variables/                 signatures serving_default, pixels, manifest
      assets.extra/tf_serving_warmup_requests    what a server runs before its first client
      assets.extra/manifest.json                 heads, labels, thresholds, origin
      assets.extra/golden.npz                    sample pictures and the source models' scores
      assets.extra/pixels.pb                     `pixels` frozen, for engines other than TensorFlow
      assets.extra/SHA256SUMS

It is checked against its sources, in a process that never saw them, before it gets its version number.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path

from aoi_modules.datasets.batches import FEATURES, IMAGE
from aoi_modules.errors import ModelError, StoreError
from aoi_modules.export import precision as precisions
from aoi_modules.export import verification
from aoi_modules.export.checker import checker
from aoi_modules.export.component import Component
from aoi_modules.export.joining import join
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.precision import Precision
from aoi_modules.export.signatures import Core, frozen_pixels, trace
from aoi_modules.modelstore import golden, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Manifest, Source
from aoi_modules.tf import tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import write_records
from aoi_modules.wire.tensors import to_tensor


@dataclass(frozen=True)
class Servable:
    """A version directory that was written, and how far its scores are from the sources'."""

    path: Path
    manifest: Manifest
    difference: float


def write_servable(
    models: ModelSource | Sequence[ModelSource],
    name: str,
    base_path: Path,
    *,
    version: int | None = None,
    freeze: bool = True,
    precision: Precision = "float32",
    tolerance: float | None = None,
) -> Servable:
    """Writes, checks and publishes the next version of a component.

    Args:
        models: one trained model, or several whose heads become one component.
        name: of the component; the folder below `base_path`.
        base_path: root of all components.
        version: a number that does not exist yet; default: one more than the newest.
        freeze: whether weights become constants, which is faster; variables stay open to further training.
        precision: in which weights are stored.
        tolerance: how far scores may be from the sources'; default: what the precision allows.

    Raises:
        ModelError: the models do not fit together, or the written graph does not score as they do; nothing is
            published.
        StoreError: the name or version cannot be used, or the folder cannot be written.
    """
    if precision != "float32" and not freeze:
        raise ModelError(f"--precision {precision}: is one of constants, and --no-freeze keeps variables")
    component = Component.of([models] if isinstance(models, ModelSource) else models)
    folder = base_path / version_dir.check_name(name)
    number = version_dir.next_version(folder) if version is None else version
    manifest = describe(component, name, number, precision, tolerance or precisions.TOLERANCE[precision])
    checker.start()  # it gets ready while we trace
    with version_dir.staged(folder, number) as staging:
        truth = component.golden()
        (staging / golden.FILE_NAME).parent.mkdir()
        truth.write(staging / golden.FILE_NAME)
        (staging / manifests.FILE_NAME).write_bytes(manifest.to_json())
        write_warmup(staging / verification.WARMUP, name, truth)
        write_graphs(component, manifest, staging, freeze=freeze)
        difference = checker.check(staging)
    return Servable(folder / str(number), manifest, difference)


def describe(
    component: Component, name: str, version: int, precision: Precision = "float32", tolerance: float = 1e-5
) -> Manifest:
    """The manifest of a component under the name and number it will have."""
    packages = ("tensorflow", "keras", "aoi-academy")
    sources = tuple(
        Source(
            heads=tuple(head.name for head in member.heads),
            picture=member.picture,
            file=Path(member.name).name,
            sha256=member.sha256,
            data=member.data,
            profile=member.profile,
        )
        for member in component.members
    )
    first = sources[0]
    return Manifest(
        component=name,
        version=version,
        heads=component.heads,
        picture=component.picture,
        features=component.features,
        data=first.data if all(source.data == first.data for source in sources) else None,
        profile=first.profile if all(source.profile == first.profile for source in sources) else None,
        source_sha256=first.sha256 if len(sources) == 1 else "",
        sources=sources,
        precision=precision,
        tolerance=tolerance,
        tools={package: installed_version(package) for package in packages} | {"python": platform.python_version()},
    )


def write_graphs(component: Component, manifest: Manifest, folder: Path, *, freeze: bool) -> None:
    """Writes the SavedModel with its three signatures, and the frozen graph of `pixels`.

    Raises:
        StoreError: the disk is full or cannot be written.
    """
    graph, names = join(component)
    frozen = Core.frozen(component, graph)
    if freeze:
        core = replace(frozen, graph=precisions.stored(frozen.graph, manifest.precision))
    else:
        core = Core.with_variables(component, graph, names)
    module = tf.Module()
    module.weights = list(core.variables.values())  # what the graphs read
    try:
        tf.saved_model.save(module, str(folder), signatures=trace(core, manifest))
    except tf.errors.OpError as error:
        raise StoreError(f"{folder}: TensorFlow cannot write there: {error.message}") from error
    pixels = precisions.stored(frozen_pixels(frozen), manifest.precision)
    (folder / verification.FROZEN).write_bytes(pixels.SerializeToString())


def write_warmup(path: Path, name: str, truth: Golden) -> None:
    """Writes requests with one sample and with all of them, in TensorFlow Serving's format."""
    logs = []
    for count in (1, len(truth.pictures)):
        log = PredictionLog()
        log.predict_log.request.model_spec.name = name
        log.predict_log.request.inputs[IMAGE].CopyFrom(to_tensor(list(truth.pictures[:count])))
        if truth.features is not None:
            log.predict_log.request.inputs[FEATURES].CopyFrom(to_tensor(truth.features[:count]))
        logs.append(log)
    write_records(path, [log.SerializeToString() for log in logs])
