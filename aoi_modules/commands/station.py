"""`aoi station`: golden parts, by which a station shows that it still sees what is there."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.gateway import gateway_options
from aoi_modules.commands.output import console, stdout

if TYPE_CHECKING:
    from aoi_modules.client.endpoint import Endpoint
    from aoi_modules.results.station.check import Check
    from aoi_modules.results.station.standing import Standing, Station

FILE = click.Path(path_type=Path)


_gateway = gateway_options("http://127.0.0.1:8080")
_as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
_who = click.option("--who", help="Whose name is kept. Default: you; with a key, the machine or person that it names.")


def _named(who: str | None, gateway: "Endpoint") -> str | None:
    """Whose name is sent: none beside a key, which names its owner."""
    return who or (None if gateway.key else getpass.getuser())


@click.group()
def command() -> None:
    """Check a station with golden parts: parts of which everybody knows whether they are good.

    What is checked, how often, and whether a check that fails or is missing locks the station, stands in the gateway's
    routes, under `checks`.

    \b
    Examples:
      aoi station status
      aoi station check
      aoi station check tile --golden golden/tile --json
      aoi station qualify tile --golden golden/tile --trials 10 --out qualification.html
      aoi station unlock tile --why 'the lamp was changed; checked by hand'
    """


@command.command()
@_gateway
@_as_json
def status(gateway: "Endpoint", as_json: bool) -> None:
    """Say of each component when it was checked, when it is due again, and whether it is locked.

    The exit code is 1 where a component is locked.

    \b
    Examples:
      aoi station status --gateway http://127.0.0.1:8080
    """
    from aoi_modules.results.station.door import Door

    with Door(gateway) as door:
        station = door.station()
    if as_json:
        _print_json(station)
    else:
        _show_station(station)
    sys.exit(1 if any(one.locked for one in station.components) else 0)


@command.command()
@click.argument("components", nargs=-1, metavar="[COMPONENT]...")
@click.option("--golden", type=FILE, help="Folder of the golden parts, in place of the plan's; for one COMPONENT.")
@_who
@_gateway
@_as_json
def check(components: Sequence[str], golden: Path | None, who: str | None, gateway: "Endpoint", as_json: bool) -> None:
    """Send golden parts through the gateway, and have the check recorded: of each COMPONENT, or of all with a plan.

    A golden set is a folder with good/ and defect/, or with golden.csv: columns picture and truth, and for recorded
    scores one by the name of each head. A check passes if each part gets its truth and no score drifts. It unlocks what
    was locked; one that fails locks, if the plan wants that. Golden pictures count in no figure.

    The exit code is 0 if all checks passed, 1 if one failed or could not be run, 2 for wrong usage.

    \b
    Examples:
      aoi station check
      aoi station check tile --golden golden/tile --who Ada
    """
    from aoi_modules.progress import progress
    from aoi_modules.results.station.door import Door
    from aoi_modules.results.station.golden import read_golden
    from aoi_modules.results.station.running import run_check

    if golden is not None and len(components) != 1:
        raise click.UsageError("--golden: expected one COMPONENT beside it")
    with Door(gateway) as door:
        plans = _plans(door.station(), components)
        sets = {name: read_golden(golden or Path(plan)) for name, plan in plans.items()}
        checks = []
        for name, found in sets.items():
            with progress(name, len(found.parts), unit="parts") as advance:
                checks.append(run_check(door, name, found, _named(who, gateway), advance))
    for one in checks:
        if as_json:
            _print_json(one)
        else:
            _show_check(one)
    sys.exit(0 if all(one.passed for one in checks) else 1)


@command.command()
@click.argument("component")
@click.option("--golden", type=FILE, help="Folder of the golden parts; default: that of the gateway's plan.")
@click.option("--trials", type=click.IntRange(2, 1000), default=10, show_default=True, help="Times that each is sent.")
@click.option("--out", type=FILE, metavar="FILE.html", help="Writes the report page for an auditor.")
@_who
@_gateway
@_as_json
def qualify(
    component: str,
    golden: Path | None,
    trials: int,
    out: Path | None,
    who: str | None,
    gateway: "Endpoint",
    as_json: bool,
) -> None:
    """Send every golden part of COMPONENT several times, and say what that proves about the station.

    Repeatability, agreement with the reference, misses and false alarms with their intervals, kappa, and the miss rate
    that is not exceeded where no defective part was missed. It is no check: it neither locks nor unlocks.

    The exit code is 0 where each part got its truth each time, else 1. Needs the extra `station`.

    \b
    Examples:
      aoi station qualify tile --golden golden/tile --trials 10 --out qualification.html
      aoi station qualify tile --json
    """
    import random

    from aoi_modules.progress import progress
    from aoi_modules.results.station.door import Door
    from aoi_modules.results.station.golden import read_golden
    from aoi_modules.results.station.qualifying import qualify
    from aoi_modules.results.station.report import figures, write_report

    with Door(gateway) as door:
        found = read_golden(golden or Path(_plans(door.station(), [component])[component]))
        with progress(component, trials * len(found.parts), unit="pictures") as advance:
            by, luck = who or getpass.getuser(), random.Random()
            study = qualify(door, component, found, trials, who=by, url=gateway.address, luck=luck, advance=advance)
    if out is not None:
        write_report(study, out)
    if as_json:
        _print_json(study)
    else:
        for one in figures(study):
            click.echo(f"{one.name}: {one.value}" + (f" ({one.interval})" if one.interval else ""))
        if study.bound is not None:
            click.echo(f"at most {100 * study.bound:.1f} % of such defects are missed, with 95% confidence")
        if out is not None:
            click.echo(f"report: {out}")
    agreement = study.study.judges[0].agreement
    sys.exit(0 if agreement.count == agreement.total else 1)


@command.command()
@click.argument("component")
@click.option("--why", required=True, help="The reason, which is kept.")
@_who
@_gateway
@_as_json
def unlock(component: str, why: str, who: str | None, gateway: "Endpoint", as_json: bool) -> None:
    """Let a locked COMPONENT go on without a check that passes, until its next check fails or is missing.

    \b
    Examples:
      aoi station unlock tile --why 'the lamp was changed; checked by hand'
    """
    from aoi_modules.results.station.door import Door

    with Door(gateway) as door:
        unlocking = door.unlock(component, _named(who, gateway), why)
    if as_json:
        _print_json(unlocking)
    else:
        click.echo(f"{component} is unlocked until its next check: {unlocking.who}, {unlocking.why}")


def _plans(station: "Station", components: Sequence[str]) -> dict[str, str]:
    """The folder of the golden set of each component that is to be checked."""
    plans = {one.component: one.plan.golden for one in station.components if one.plan is not None}
    unknown = [name for name in components if name not in plans]
    if unknown or not plans:
        told = f"with a plan there: {', '.join(plans) or 'none'}"
        raise click.UsageError(f"COMPONENT: expected one with a plan in the gateway's routes; {told}")
    return {name: plans[name] for name in dict.fromkeys(components or plans)}


def _show_station(station: "Station") -> None:
    from rich.table import Table

    table = Table("component", "last check", "due", "state")
    for one in station.components:
        due = "" if one.due is None else f"{one.due:%Y-%m-%d %H:%M} UTC"
        table.add_row(one.component, _last(one), due, _state(one))
    console().print(table)
    if station.seen is not None:
        click.echo(f"as it was at {station.seen:%Y-%m-%d %H:%M:%S} UTC: the database does not answer", err=True)


def _last(one: "Standing") -> str:
    if one.check is None:
        return "never"
    return f"{one.check.time:%Y-%m-%d %H:%M} UTC, {'passed' if one.check.passed else 'failed'}, {one.check.who}"


def _state(one: "Standing") -> str:
    if one.plan is None:
        return "no plan"
    return "free" if one.locked is None else f"LOCKED: {one.why}"


def _show_check(check: "Check") -> None:
    from rich.table import Table

    version = "" if check.model.version is None else f" {check.model.version}"
    title = f"{check.component}, model {check.model.name}{version}"
    table = Table("part", "truth", "verdict", "scores", "drift", title=title)
    for part in check.parts:
        scores = ", ".join(f"{head} {score:.4g}" for head, score in part.scores.items())
        drifts = [drift for drift in (part.drift, part.recorded_drift) if drift is not None]
        drift = f"{max(drifts):.3g}" if drifts else "-"
        mark = " (wrong)" if part.is_wrong else ""
        table.add_row(part.part, "defect" if part.defective else "good", f"{part.verdict}{mark}", scores, drift)
    console().print(table)
    compared = f"compared with {check.compared} before it" if check.compared else "the first of this version"
    drift = "" if check.drift is None else f", largest drift {check.drift:.3g}"
    found = "passed" if check.passed else f"FAILED: {check.why}"
    click.echo(f"{check.component}: check {check.number} {found} ({compared}{drift}, at most {check.bound:g})")


def _print_json(found: Any) -> None:
    import msgspec

    print(msgspec.json.encode(found).decode(), file=stdout(), flush=True)
