"""Trained models -> one servable: the uniform version directory of the team.

`modelstore.layout` says what is in it. It is checked against its sources, in a process that never saw them, before it
gets its version number.
"""

import platform
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path

from aoi_modules.errors import AoiError, Argument, ModelError, StoreError
from aoi_modules.export import precision as precisions
from aoi_modules.export.checker import shared_checker
from aoi_modules.export.component import Component
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.joining import join
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.precision import Precision
from aoi_modules.export.signatures import Core, frozen_pixels, trace
from aoi_modules.first_line import first_line
from aoi_modules.machine.memory import enough_for
from aoi_modules.modelstore import layout, version_dir, warmup
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import FLOAT32_TOLERANCE, Manifest, Source
from aoi_modules.modelstore.reference import Reference
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
        tolerance: how far scores may be from the sources'; default: what `precision.tolerance` explains.

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
    checker = shared_checker()
    checker.start()  # it gets ready while this process traces
    with version_dir.staged(folder, number) as staging, _room(component):
        graph, names = join(component)  # before anything is asked of a model that scores by chance
        allowed = tolerance or precisions.tolerance(graph, precision) + component.foreign_tolerance
        manifest = describe(component, name, number, precision, allowed)
        truth = component.golden()
        truth.write(staging)
        manifest.write(staging)
        warmup.write(staging, name, truth)
        write_graphs(component, graph, names, manifest, staging, freeze=freeze)
        difference = checker.check(staging)
    return Servable(folder / str(number), manifest, difference)


def _room(component: Component) -> AbstractContextManager[None]:
    """Says in a sentence where memory does not suffice."""
    files = ", ".join(Path(member.name).name for member in component.members)
    picture, size = component.picture, Argument("size", ...)
    return enough_for(
        f"a servable of {files} for pictures of {picture.width} x {picture.height}",
        f"end other programs, take a machine with more, or, for models of any size of pictures, less: {size}",
        [size],
    )


def describe(
    component: Component,
    name: str,
    version: int,
    precision: Precision = "float32",
    tolerance: float = FLOAT32_TOLERANCE,
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
            reference=member.reference,
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
        reference=Reference.joined(source.reference for source in sources),
        units=LearntUnits.joined(member.units for member in component.members),
        tools={package: installed_version(package) for package in packages} | {"python": platform.python_version()},
    )


def write_graphs(
    component: Component, graph: GraphDef, names: dict[str, str], manifest: Manifest, folder: Path, *, freeze: bool
) -> None:
    """Writes the SavedModel with its three signatures, and the frozen graph of `pixels`.

    Args:
        component: whose models these are.
        graph: of all of them, as `joining.join` gives it.
        names: of their variables, as `joining.join` gives them.
        manifest: goes into the SavedModel.
        folder: version directory.
        freeze: whether weights become constants.

    Raises:
        ModelError: TensorFlow cannot put the models behind these signatures.
        StoreError: the disk is full or cannot be written.
    """
    try:
        frozen = Core.frozen(component, graph)
        pixels = precisions.stored(frozen_pixels(frozen), manifest.precision)
        if freeze:
            core = replace(frozen, graph=precisions.stored(frozen.graph, manifest.precision))
        else:
            core = Core.with_variables(component, graph, names)
        signatures = trace(core, manifest)
    except AoiError:
        raise
    except Exception as error:  # whatever TensorFlow's optimizer and importer meet in other people's graphs
        files = ", ".join(member.name for member in component.members)
        raise ModelError(f"{files}: cannot be put behind the signatures of a servable: {first_line(error)}") from error
    module = tf.Module()
    module.weights = list(core.variables.values())  # what the graphs read
    try:
        tf.saved_model.save(module, str(folder), signatures=signatures)
    except tf.errors.OpError as error:
        raise StoreError(f"{folder}: TensorFlow cannot write there: {error.message}") from error
    (folder / layout.PIXELS_FILE).write_bytes(pixels.SerializeToString())
