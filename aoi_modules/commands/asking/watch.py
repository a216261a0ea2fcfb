"""`aoi watch`: the station of a line whose machine drops picture files into a folder."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.gateway import gateway_options
from aoi_modules.commands.output import stdout
from aoi_modules.errors import AoiError, RpcError, Unreachable

if TYPE_CHECKING:
    from aoi_modules.client.endpoint import Endpoint
    from aoi_modules.client.folder_station import FolderStation, Part, Result
    from aoi_modules.judging.inspection import Inspection

LOOK_SECONDS = 0.2
"""Between two looks into the folder."""
AGAIN_SECONDS = 2.0
"""After a gateway could not answer."""
LOCKED = "FAILED_PRECONDITION"
"""Code of a gateway's answer about a component that a check of the station has locked."""


def _pattern(_context: click.Context, _parameter: click.Parameter, text: str | None) -> re.Pattern[str] | None:
    try:
        return None if text is None else re.compile(text)
    except re.error as error:
        raise click.BadParameter(f"expected a regular expression. Received: {text!r}: {error}") from None


@click.command("watch")
@gateway_options()
@click.option("--component", help="What the pictures show.")
@click.option(
    "--pattern", callback=_pattern, metavar="REGEX",
    help="What whole file names say, by groups (?P<component>...), (?P<unit>...), (?P<position>...), (?P<lot>...).",
)  # fmt: skip
@click.option(
    "--settle", type=click.FloatRange(0, 3600), default=0.5, show_default=True,
    help="Seconds for which a file has to rest before it is read.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="End when the folder is empty.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(
    folder: Path,
    gateway: "Endpoint",
    component: str | None,
    pattern: re.Pattern[str] | None,
    settle: float,
    once: bool,
    as_json: bool,
) -> None:
    """Inspect the picture files that a machine drops into a folder, each once.

    A file is read when it has not changed for a while. Then it is moved to FOLDER/done, or to FOLDER/refused if it is
    no picture or nothing is inspected under its name; its result lies beside it as NAME.json. While the gateway is away
    or busy, or a check of the station has locked what they show, files stay where they are. Whatever ends the program,
    the next start goes on there, and nothing is lost.

    \b
    Examples:
      aoi watch drop --gateway http://127.0.0.1:8080 --component tile
      aoi watch drop --gateway http://127.0.0.1:8080 --pattern '(?P<unit>[^_]+)_(?P<component>[a-z]+)\\.png' --json
      aoi watch drop --gateway http://127.0.0.1:8080 --component tile --once
      aoi watch drop --gateway https://gateway.plant --component tile --key-file camera-3.key
    """
    from aoi_modules.client.folder_station import FolderStation, Naming

    try:
        naming = Naming(component, pattern)
    except ValueError as error:
        raise click.UsageError(f"--{error}") from None
    if not folder.is_dir():
        raise click.UsageError(f"FOLDER: expected a folder that exists. Received: {folder}")
    station = FolderStation(folder, naming, _asking(gateway), settle)
    _run(station, _show_json if as_json else _show_line, once=once)


def _asking(gateway: "Endpoint") -> "Callable[[Part, bytes, str], Inspection]":
    """What asks the gateway; a client for each component."""
    from aoi_modules.client.gateway import GatewayClient

    clients: dict[str, GatewayClient] = {}

    def ask(part: "Part", picture: bytes, key: str) -> "Inspection":
        if part.component not in clients:
            clients[part.component] = GatewayClient(replace(gateway, model=part.component))
        client = clients[part.component]
        return client.inspect(picture, key=key, unit=part.unit, position=part.position, lot=part.lot)

    return ask


def _run(station: "FolderStation", show: "Callable[[Result], None]", *, once: bool) -> None:
    """Looks and inspects until the folder is empty, or until somebody stops it."""
    told: set[str] = set()
    while True:
        try:
            troubles = _inspect_all(station, show)
        except OSError as error:
            file = error.filename or station.folder
            hint = "mend that, then start again: nothing is lost"
            raise AoiError(f"{file}: {error.strerror or error}", hint=hint) from error
        for trouble in sorted(troubles - told):  # each is told once for as long as it lasts
            click.echo(f"waiting: {trouble}", err=True)
        told = troubles
        if once and not station.waiting:
            return
        time.sleep(AGAIN_SECONDS if troubles else LOOK_SECONDS)


def _inspect_all(station: "FolderStation", show: "Callable[[Result], None]") -> set[str]:
    """Inspects what rests; why some files have to wait. What ails one picture does not hold up the others."""
    troubles: set[str] = set()
    locked: set[str] = set()
    for path in station.resting():
        part = station.naming.part(path)
        if part is not None and part.component in locked:  # so are all of its files
            continue
        try:
            result = station.inspect(path)
        except Unreachable as error:
            return {error.message}
        except RpcError as error:
            troubles.add(error.message)
            if error.code == LOCKED and part is not None:
                locked.add(part.component)
        else:
            if result is not None:
                show(result)
    return troubles


def _show_line(result: "Result") -> None:
    name = result.file
    said = f"REFUSED {name}: {result.refusal}" if result.inspection is None else f"{result.inspection.verdict:7} {name}"
    print(said, file=stdout(), flush=True)


def _show_json(result: "Result") -> None:
    import msgspec

    print(msgspec.json.encode(result).decode(), file=stdout(), flush=True)
