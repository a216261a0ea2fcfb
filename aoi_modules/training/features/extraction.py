"""Runs a frozen backbone over a table; every picture is decoded and resized once, while the backbone computes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

from aoi_modules.datasets.batches import batches, broken_pictures_named, rows_at_once
from aoi_modules.datasets.table import Table
from aoi_modules.errors import Argument, ModelError
from aoi_modules.machine.memory import enough_for
from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.progress import Advance, Say, progress, say
from aoi_modules.tf import keras, tf
from aoi_modules.training.features import openvino_forward
from aoi_modules.training.features.forward import Block, Forward, TensorFlowForward, Write, disagreement, frozen, traced
from aoi_modules.training.features.openvino_forward import OpenVinoForward
from aoi_modules.training.features.views import PLAIN, Views

Engine = Literal["auto", "tensorflow", "openvino"]
BATCH = 64
TOLERANCE = 1e-4
"""OpenVINO's features may differ from TensorFlow's by this share of the features' scale, see `disagreement`."""
FROZEN_TOLERANCE = 1e-5
"""The same for TensorFlow's own constant graph against the model."""
FEW = 1000
"""With fewer rows, preparing a graph takes longer than it saves."""
USUAL = 2**16
"""Pixels of a usual picture; one that is larger counts as several."""


def extract(
    backbone: keras.Model,
    table: Table,
    picture_input: PictureInput,
    write: Write,
    *,
    views: Views = PLAIN,
    engine: Engine = "auto",
    batch_size: int | None = None,
    log: Say = say,
) -> str:
    """Runs the backbone over all views of all pictures.

    Args:
        backbone: from float32 (B, H, W, C) to (B, F).
        table: N pictures, at least one.
        picture_input: the backbone's input.
        write: gets the features of view v of picture n as row v * N + n, in any order.
        views: of each picture.
        engine: `auto` takes OpenVINO where it is installed, worth it and agrees with TensorFlow.
        batch_size: pictures at a time; None chooses by their size.
        log: told which engine runs, and why not the other one.

    Returns:
        The engine's name and version.

    Raises:
        NotAPicture: a picture cannot be decoded.
        MissingExtra: `openvino` is asked for and not installed.
        ModelError: `openvino` is asked for, and cannot read the backbone or does not agree; or memory does not suffice.
    """
    at_once = batch_size or rows_at_once(picture_input, BATCH)
    stream = blocks(table, picture_input, views, at_once)
    rows = views.count * len(table)
    work = rows * max(1, picture_input.height * picture_input.width // USUAL)
    with _room(backbone, picture_input, at_once), _bar(rows, work) as advance:
        first = next(stream)
        forward = choose(backbone, first[1], work, engine, log)

        def keep(row: int, block: Block) -> None:
            write(row, block)
            advance(len(block))

        forward.run(_with(first, stream), keep)
    return forward.name


def blocks(table: Table, picture_input: PictureInput, views: Views, batch_size: int) -> Iterator[tuple[int, Block]]:
    """Gives all views of all pictures, float32 (B, H, W, C), each block with the row of its first picture.

    Raises:
        NotAPicture: a picture cannot be decoded.
    """
    change = views.start()
    pictures = batches(table, picture_input, batch_size=batch_size).map(lambda inputs, *_: _image(inputs))
    numbers = tf.data.Dataset.range(views.count)
    if views.count > 1:  # one view after the other, so that memory does not grow with their number
        pictures = pictures.flat_map(lambda block: numbers.map(lambda view: change(block, view))).prefetch(2)
    places = (view * len(table) + start for start in range(0, len(table), batch_size) for view in range(views.count))
    with broken_pictures_named(table):
        for row, block in zip(places, pictures, strict=True):
            yield row, block.numpy()


def choose(backbone: keras.Model, block: Block, rows: int, engine: Engine, log: Say) -> Forward:
    """Chooses the engine that runs, and tells which and why in one line.

    Args:
        backbone: from float32 (B, H, W, C) to (B, F).
        block: pictures float32 (B, H, W, C) in [0, 255], on which engines are compared.
        rows: number of views of all pictures together, large ones counted several times.
        engine: what the caller wants.
        log: told which engine runs, and why not another one.

    Raises:
        MissingExtra: `openvino` is asked for and not installed.
        ModelError: `openvino` is asked for, and cannot read the backbone or does not agree.
    """
    why_not = _why_not_openvino(engine, rows)
    model = TensorFlowForward(traced(backbone))
    if engine != "openvino" and rows < FEW:
        log(f"features by {model.name}: {why_not}")
        return model
    expected = model(block)
    constant = frozen(model.function)
    folded = TensorFlowForward(constant)
    if not why_not:
        tried = _openvino(constant, block, expected, log)
        if not isinstance(tried, str):
            return tried
        why_not = tried
        if engine == "openvino":
            raise ModelError(f"engine openvino: {why_not}", hint="take the engine auto or tensorflow")
    log(f"features by {model.name}: {why_not}")
    return folded if disagreement(folded(block), expected) <= FROZEN_TOLERANCE else model


def _openvino(constant: Any, block: Block, expected: Block, log: Say) -> OpenVinoForward | str:
    """OpenVINO with that graph, if it agrees with TensorFlow; else a sentence that says why it is not taken.

    Args:
        constant: see `forward.frozen`.
        block: pictures, float32 (B, H, W, C).
        expected: TensorFlow's features of them, float32 (B, F).
        log: told how well it agrees.
    """
    try:
        openvino = OpenVinoForward(constant, min(openvino_forward.BATCH, len(block)))
        apart = disagreement(openvino(block), expected)
    except ModelError as error:
        return error.message
    if apart > TOLERANCE:
        return f"OpenVINO differs from it by {apart:.0e} of the features' scale, allowed {TOLERANCE:.0e}"
    log(f"features by {openvino.name}: agrees with TensorFlow to {apart:.0e} of the features' scale")
    return openvino


def _why_not_openvino(engine: Engine, rows: int) -> str:
    """Empty when OpenVINO is to be tried."""
    if engine == "openvino":
        return ""
    if engine == "tensorflow":
        return "as asked"
    if tf.config.list_physical_devices("GPU"):
        return "there is a GPU"
    if rows < FEW:
        return f"only {rows} rows, too few for another engine to be worth preparing"
    if not openvino_forward.installed():
        return "openvino is not installed; pip install 'aoi-academy[openvino]' is several times faster on a CPU"
    return ""


def _image(inputs: object) -> object:
    return inputs[IMAGE] if isinstance(inputs, dict) else inputs


def _with(first: tuple[int, Block], rest: Iterator[tuple[int, Block]]) -> Iterator[tuple[int, Block]]:
    yield first
    yield from rest


def _room(backbone: keras.Model, picture: PictureInput, at_once: int) -> AbstractContextManager[None]:
    """Says in a sentence where memory does not suffice."""
    size, network = Argument("picture_size", ...), Argument("backbone", ...)
    return enough_for(
        f"features of pictures of {picture.width} x {picture.height}, {at_once} at a time, by {backbone.name}",
        f"let the model look at smaller pictures, {size}, or take a smaller network, {network}",
        (size, network),
    )


def _bar(rows: int, work: int) -> AbstractContextManager[Advance]:
    return progress("features", rows, unit="pictures") if work >= FEW else nullcontext(lambda amount: None)
