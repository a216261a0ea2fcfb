"""After an escape: `affected`, `reinspect`."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.addresses import GrpcAddress
from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.commands.output import console

if TYPE_CHECKING:
    from datetime import datetime

    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.store import PictureStore
    from aoi_modules.results.recall.affected import Fault, Passed
    from aoi_modules.results.recall.reinspection import Reinspection

COLUMNS = ("unit", "position", "lot", "inspection", "time", "component", "limits", "judged", "disposition", "picture")
CHANGES = ("unit", "position", "lot", "inspection", "time", "verdict", "model", "version", "heads")
_FAULT = (
    click.option("--model", required=True, help="Name of the model that was faulty."),
    click.option("--version", type=click.IntRange(min=1), required=True, help="Its version."),
    click.option("--limits", type=click.IntRange(min=1), help="Only what this setting of limits judged."),
    click.option("--component", help="Only parts of this component."),
    click.option("--since", type=click.DateTime(), help="Only what came from this moment on, in UTC."),
    click.option("--until", type=click.DateTime(), help="Only what came before this moment, in UTC."),
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, a line each.")
_CSV = click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of the table.")


def _fault_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FAULT):
        function = option(function)
    return function


@click.command()
@_fault_options
@_JSON
@_CSV
@place_options
def affected(as_json: bool, as_csv: bool, places: Places, **said: Any) -> None:
    """List the parts that a faulty version, or faulty limits, let pass: unit, lot, inspection, time, disposition.

    \b
    Examples:
      aoi results affected --model tile --version 3
      aoi results affected --model tile --version 3 --limits 17 --csv > affected.csv
      aoi results affected --model tile --version 3 --since 2026-11-30T06:00:00 --json
    """
    import msgspec

    from aoi_modules.results.recall import affected as recall

    fault = _fault(**said)

    async def act(database: "Database") -> "list[Passed]":
        return [one async for one in recall.affected(database, fault)]

    passed = places.act(act)
    if as_json:
        click.echo(b"\n".join(map(msgspec.json.encode, passed)), nl=bool(passed))
        return
    _print(COLUMNS, [_row(one) for one in passed], as_csv=as_csv)
    if not as_csv:
        units = len({one.record.origin.unit or one.record.id for one in passed})
        click.echo(f"{len(passed)} parts of {units} units passed")


@click.command()
@_fault_options
@click.option("--routes", type=click.Path(path_type=Path), help="Ask the versions in service that these routes name.")
@click.option("--grpc", type=GrpcAddress(), metavar="HOST:PORT", help="Ask the model server there, with --ask.")
@click.option("--ask", "asked", metavar="MODEL[:VERSION]", help="Which model to ask there.")
@_JSON
@_CSV
@place_options
def reinspect(
    routes: Path | None, grpc: str | None, asked: str | None, as_json: bool, as_csv: bool, places: Places, **said: Any
) -> None:
    """Ask another version about the kept pictures of what `affected` lists, and list where it does not let them pass.

    It judges by the limits that hold for it: of the station, else of the routes, else of its manifest. Nothing is
    recorded, and nothing counts in figures of quality. Parts whose picture is gone are named.

    \b
    Examples:
      aoi results reinspect --model tile --version 3 --routes routes.yaml
      aoi results reinspect --model tile --version 3 --grpc 127.0.0.1:8500 --ask tile:4 --csv
    """
    import msgspec

    from aoi_modules.commands.results.other_version import OtherVersion
    from aoi_modules.progress import progress
    from aoi_modules.results.recall import reinspection
    from aoi_modules.results.recall.affected import affected as parts_of

    if (routes is None) is (grpc is None) or (grpc is None) is not (asked is None):
        raise click.UsageError("expected --routes FILE, or --grpc HOST:PORT with --ask MODEL[:VERSION]")
    fault = _fault(**said)

    async def act(database: "Database", store: "PictureStore") -> "Reinspection":
        async with OtherVersion(routes, grpc, asked, database) as other:
            with progress("pictures", 0, unit="pictures") as advance:
                return await reinspection.reinspect(parts_of(database, fault), store, other.inspect, advance)

    found = places.act_with_pictures(act)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    _print(CHANGES, [_change(one) for one in found.changed], as_csv=as_csv)
    for gone in found.gone:
        click.echo(f"{_unit(gone.passed)}: nobody can ask: {gone.why}", err=True)
    if not as_csv:
        click.echo(f"{len(found.changed)} of {found.asked} do not pass any more; {len(found.gone)} pictures are gone")


def _fault(
    model: str,
    version: int,
    limits: int | None,
    component: str | None,
    since: "datetime | None",
    until: "datetime | None",
) -> "Fault":
    from datetime import UTC

    from aoi_modules.results.recall.affected import Fault

    first, last = (None if one is None else one.replace(tzinfo=UTC) for one in (since, until))
    return Fault(model=model, version=version, limits=limits, component=component, since=first, until=last)


def _row(one: "Passed") -> tuple[str, ...]:
    record, about = one.record, one.record.picture
    numbers = sorted({head.limits_number for head in record.inspection.heads if head.limits_number is not None})
    picture = "kept" if about.kept and about.gone is None else "gone" if about.kept else "not kept"
    limits = " ".join(map(str, numbers))
    return (*_place(one), record.inspection.component, limits, one.judged or "", one.disposition or "", picture)


def _change(one: Any) -> tuple[str, ...]:
    heads = " ".join(f"{head.name}={'nan' if head.score is None else format(head.score, '.3f')}" for head in one.heads)
    return (*_place(one.passed), one.verdict.value, one.model.name, str(one.model.version or ""), heads)


def _place(one: "Passed") -> tuple[str, ...]:
    record, origin = one.record, one.record.origin
    return origin.unit or "", origin.position or "", origin.lot or "", record.id, f"{record.time:%Y-%m-%dT%H:%M:%SZ}"


def _unit(one: "Passed") -> str:
    return one.record.origin.unit or f"inspection {one.record.id}"


def _print(columns: Sequence[str], rows: Sequence[tuple[str, ...]], *, as_csv: bool) -> None:
    if as_csv:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
        click.echo(text.getvalue(), nl=False)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*map(Text, row))
    if rows:
        console().print(table)
