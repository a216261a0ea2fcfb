"""Trained models -> one servable: the uniform version directory of the team.

`modelstore.layout` says what is in it. It is checked against its sources, in a process that never saw them, before it
gets its version number.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path

from aoi_modules.errors import Argument, ModelError, StoreError
from aoi_modules.export import expected
from aoi_modules.export import precision as precisions
from aoi_modules.export.checker import shared_checker
from aoi_modules.export.component import Component
from aoi_modules.export.joining import join
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.precision import Precision
from aoi_modules.export.signatures import Core, frozen_pixels, trace
from aoi_modules.modelstore import layout, version_dir, warmup
from aoi_modules.modelstore.manifest import Manifest, Source
from aoi_modules.tf import tf


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
        stored, kept = Argument("precision", precision), Argument("freeze", False)
        raise ModelError(f"{stored}: is one of constants, and {kept} keeps variables", arguments=(stored, kept))
    component = Component.of([models] if isinstance(models, ModelSource) else models)
    folder = base_path / version_dir.check_name(name)
    number = version_dir.next_version(folder) if version is None else version
    manifest = describe(component, name, number, precision, tolerance or _tolerance(component, precision))
    checker = shared_checker()
    checker.start()  # it gets ready while this process traces
    with version_dir.staged(folder, number) as staging:
        truth = component.golden()
        truth.write(staging)
        manifest.write(staging)
        warmup.write(staging, name, truth)
        write_graphs(component, manifest, staging, freeze=freeze)
        difference = checker.check(staging)
    return Servable(folder / str(number), manifest, difference)


def _tolerance(component: Component, precision: Precision) -> float:
    """How far scores may be from golden ones: from the reading, and that may be away from the author's itself."""
    told = any(member.expected for member in component.members)
    return precisions.TOLERANCE[precision] + (expected.TOLERANCE if told else 0)


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
            golden="own reading" if member.expected is None else "author's scores",
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
        golden=first.golden if all(source.golden == first.golden for source in sources) else "own reading",
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
    (folder / layout.PIXELS_FILE).write_bytes(pixels.SerializeToString())
