"""`aoi load`: measure a model server under load."""

import importlib
import itertools
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.server import ServerOptions, find_manifest, server_options
from aoi_modules.errors import STOPPED, DataError

if TYPE_CHECKING:
    from aoi_modules.client.base import PredictClient
    from aoi_modules.client.inputs import Inputs
    from aoi_modules.client.measuring.load import Load
    from aoi_modules.client.measuring.load_report import LoadReport
    from aoi_modules.modelstore.manifest import Manifest

PLOTS = (".png", ".svg")


def _plot_file(_context: click.Context, _parameter: click.Parameter, file: Path | None) -> Path | None:
    """Refuses before the load what cannot be drawn after it."""
    if file is not None and file.suffix.lower() not in PLOTS:
        raise click.BadParameter(f"expected a file name that ends in {' or '.join(PLOTS)}. Received: {file}")
    if file is not None and not os.access(file.parent, os.W_OK):
        raise click.BadParameter(f"expected a folder that can be written to. Received: {file.parent}")
    return file


@click.command("load")
@server_options
@click.option(
    "--clients", type=click.IntRange(1, 256), default=4, show_default=True, help="That ask at once, each in turn."
)
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), help="How long; 10 unless --requests is given.")
@click.option("--requests", type=click.IntRange(1, 1_000_000), help="How many calls of all clients together.")
@click.option("--batch", type=click.IntRange(1, 1024), default=1, show_default=True, help="Pictures a call.")
@click.option("--pixels", is_flag=True, help="Send decoded pixels instead of encoded pictures.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, writable=True, path_type=Path), callback=_plot_file, metavar="FILE",
    help="Draw the latencies, as .png or .svg.",
)  # fmt: skip
@click.argument("pictures", nargs=-1, metavar="[PICTURE]...")
def command(
    clients: int,
    seconds: float | None,
    requests: int | None,
    batch: int,
    pixels: bool,
    as_json: bool,
    plot: Path | None,
    pictures: tuple[str, ...],
    server: ServerOptions,
) -> None:
    """Measure a model server under load: calls a second, how slow half, 90 and 99 of 100 calls were, errors by kind.

    Each client sends its next call when the last one is answered. A PICTURE is a file, a folder or a pattern; without
    any, noise of the size that the model's manifest names is sent. Ctrl-C shows what was measured until then.

    Ends with 0 if every call was answered, 1 if one was not, 2 after wrong usage, 130 after Ctrl-C.

    \b
    Examples:
      aoi load --grpc 127.0.0.1:8500 --model tile --clients 16 --seconds 30
      aoi load --http http://127.0.0.1:8501 --model tile --requests 500 --batch 8 parts/
      aoi load --grpc 127.0.0.1:8500 --model tile --pixels --json --plot load.png
    """
    from aoi_modules.client.measuring.load import Bounds, Load
    from aoi_modules.client.measuring.load_report import report

    if plot is not None:
        importlib.import_module(
            "aoi_modules.client.measuring.load_plot"
        )  # now, so that what is missing is said before the load
    bounds = Bounds(clients, 10.0 if seconds is None and requests is None else seconds, requests)
    with server.client() as client:
        signature, payloads = _payloads(client, pictures, batch, pixels=pixels)
    turns = itertools.cycle(payloads)
    load = Load(server.client, lambda client: client.predict(next(turns), signature), bounds)
    finished = load.run()
    measured = report(load, finished=finished, pictures_a_call=batch)
    _show(measured, as_json=as_json)
    drawn = plot is None or _draw(load, measured, plot)
    good = measured.answered and not measured.errors and drawn
    sys.exit(STOPPED if not finished else 0 if good else 1)


def _payloads(
    client: "PredictClient", places: Sequence[str], batch: int, *, pixels: bool
) -> "tuple[str, list[Inputs]]":
    """The signature, and the inputs of one call after the other; together they have every picture."""
    from aoi_modules.client.picture_search import read_pictures
    from aoi_modules.modelstore.golden import drawn_pictures

    manifest = find_manifest(client)
    contents = read_pictures(places)
    if not contents:
        if manifest is None:
            raise DataError("PICTURE: the model has no manifest that names a size, so at least one picture is needed")
        contents = list(drawn_pictures(manifest.picture))
    batches = [
        [contents[number % len(contents)] for number in range(start, start + batch)]
        for start in range(0, len(contents), batch)
    ]
    return _signature(pixels), [_inputs(pictures, manifest, pixels=pixels) for pictures in batches]


def _signature(pixels: bool) -> str:
    from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, PIXELS_SIGNATURE

    return PIXELS_SIGNATURE if pixels else DEFAULT_SIGNATURE


def _inputs(pictures: list[bytes], manifest: "Manifest | None", *, pixels: bool) -> "Inputs":
    """What one call sends; features are zeros, because their values cost nothing."""
    import numpy as np

    from aoi_modules.client.inputs import picture_inputs, pixel_inputs
    from aoi_modules.pictures.decoding import decode

    wanted = len(manifest.features) if manifest else 0
    features = np.zeros((len(pictures), wanted), np.float32) if wanted else None
    if not pixels:
        return picture_inputs(pictures, features)
    frames = [decode(picture, manifest.picture.channels if manifest else 3) for picture in pictures]
    if len({frame.shape for frame in frames}) > 1:
        raise DataError("--pixels: expected pictures of one size in a batch", hint="leave --batch or --pixels out")
    return pixel_inputs(np.stack(frames), features)


def _draw(load: "Load", measured: "LoadReport", plot: Path) -> bool:
    """Draws, says where, and returns whether that went well: the exit code tells more than that."""
    from aoi_modules.client.measuring.load_plot import save_plot

    try:
        save_plot(load, measured, plot)
    except DataError as error:
        click.echo(f"error: --plot: {error}", err=True)
        return False
    click.echo(f"{plot}: the latencies", err=True)
    return True


def _show(measured: "LoadReport", *, as_json: bool) -> None:
    import msgspec

    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(measured), indent=2))
        return
    stopped = "" if measured.finished else ", stopped"
    click.echo(f"{measured.requests} requests by {measured.clients} clients in {measured.seconds:.1f} s{stopped}")
    click.echo(
        f"answered {measured.answered}: {measured.requests_per_second:.1f} requests/s, "
        f"{measured.pictures_per_second:.1f} pictures/s"
    )
    if measured.milliseconds is not None:
        ms = measured.milliseconds
        click.echo(
            f"ms a request: p50 {ms.p50:.2f}, p90 {ms.p90:.2f}, p99 {ms.p99:.2f}, "
            f"mean {ms.mean:.2f}, slowest {ms.slowest:.2f}"
        )
    for kind, number in measured.errors.items():
        click.echo(f"errors {kind}: {number}")
