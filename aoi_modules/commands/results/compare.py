"""The version in service against its candidate: `compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from datetime import datetime

    from aoi_modules.gateway.routes import Route
    from aoi_modules.modelstore.training_report import TrainingReport
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.evidence.comparing import Contender, Found

KEEP, OPEN, UNSET = 3, 4, 5
"""Exit codes: keep the version in service; not enough evidence; promote the candidate once somebody made or confirmed
its limits. 0 is: promote it."""
_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.argument("component")
@click.option(
    "--routes", type=click.Path(path_type=Path), required=True, help="The gateway's file of routes: who is compared."
)
@click.option(
    "--candidate", "which", type=click.Choice(["shadow", "canary"]), help="Which one, where the route has both."
)
@click.option("--since", type=click.DateTime(), help="Only what came from this moment on, in UTC.")
@click.option("--escape-margin", type=_SHARE, default=0.02, show_default=True, help="How much worse, at most.")
@click.option("--overkill-margin", type=_SHARE, default=0.01, show_default=True, help="How much worse, at most.")
@click.option("--risk", type=_SHARE, default=0.05, show_default=True, help="Chance that a limit is ever wrong.")
@click.option(
    "--report",
    "reports",
    type=(click.Path(path_type=Path), click.Path(path_type=Path)),
    help="Two trainings, of the version in service and of the candidate: what each is worth on the units held out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for machines.")
@place_options
def compare(
    component: str,
    routes: Path,
    which: Literal["shadow", "canary"] | None,
    since: "datetime | None",
    escape_margin: float,
    overkill_margin: float,
    risk: float,
    reports: tuple[Path, Path] | None,
    as_json: bool,
    places: Places,
) -> None:
    """Decide whether the candidate of COMPONENT takes over from the version in service, by the evidence alone.

    The candidate is the shadow or the canary of the route. The decision, its rule and its numbers are printed, and the
    exit code says it: 0 promote, 3 keep, 4 not enough evidence, 5 promote once somebody has made or confirmed the
    candidate's limits (at the threshold desk, by POST /v1/limits, or in the routes). Nothing is changed. A model that
    learnt from units which `aoi results dataset` holds out is refused. The model servers are asked which versions these
    are.

    \b
    Examples:
      aoi results compare tile --routes routes.yaml
      aoi results compare tile --routes routes.yaml --candidate canary --escape-margin 0.01 --json
      aoi results compare tile --routes routes.yaml --report build/tile-1 build/tile-2
    """
    import asyncio
    from datetime import UTC

    import msgspec

    from aoi_modules.results.evidence import comparing
    from aoi_modules.results.evidence.decision import Margins
    from aoi_modules.results.evidence.words import in_words

    own, other = _ways(routes, component, which)
    margins = Margins(escape=escape_margin, overkill=overkill_margin, risk=risk)
    moment = None if since is None else since.replace(tzinfo=UTC)
    tested = "" if reports is None else _held_out(*reports)
    incumbent, candidate = asyncio.run(_both(own, other))

    async def act(database: "Database") -> "Found":
        return await comparing.compare(database, component, incumbent, candidate, margins, moment)

    found = places.act(act)
    click.echo(msgspec.json.encode(found) if as_json else f"{in_words(found)}{tested}")
    raise SystemExit({"promote": 0, "keep": KEEP, "limits not confirmed": UNSET}.get(found.outcome, OPEN))


def _ways(routes: Path, component: str, which: Literal["shadow", "canary"] | None) -> "tuple[Route, Route]":
    """The routes to the version in service and to its candidate."""
    from aoi_modules.errors import UnknownComponent
    from aoi_modules.gateway.routes import read_routes

    read = read_routes(routes)
    if component not in read.components:
        raise UnknownComponent(component, sorted(read.components))
    route = read.components[component]
    there = {"shadow": route.shadow, "canary": route.canary}
    named = [which] if which is not None else [name for name, other in there.items() if other is not None]
    others = {name: route.variant(other) for name in named if (other := there[name]) is not None}
    if not others:
        raise ResultsError(
            f"{routes}: expected a {which or 'canary or shadow'} of {component}. Received: none",
            hint="a candidate is what a route names as its canary or its shadow",
        )
    first, *rest = others.values()
    if any((one.model, one.version, one.label) != (first.model, first.version, first.label) for one in rest):
        raise click.UsageError(f"{component} has another canary than shadow: say --candidate shadow or canary")
    return route, first


async def _both(own: "Route", other: "Route") -> "tuple[Contender, Contender]":
    from aoi_modules.promotion.contenders import contender

    return await contender(own), await contender(other)


def _held_out(incumbent: Path, candidate: Path) -> str:
    """What two trainings are worth on the same units, in lines."""
    from aoi_modules.modelstore import training_report

    reports = {path: training_report.read(path) for path in (incumbent, candidate)}
    lists = {one.units.held_out if one.units is not None else None for one in reports.values()}
    if len(lists) != 1 or None in lists:
        raise ResultsError(
            f"{incumbent}, {candidate}: expected two trainings with one list of units that were held out. Received: "
            + ", ".join(_list(report) for report in reports.values()),
            hint="train both on sets that `aoi results dataset` wrote from the same judgements",
        )
    lines = [
        f"held out, {path}, {head.name}: {training_report.verdicts_in_words(report, head.name)}"
        for path, report in reports.items()
        for head in report.heads
        if head.judges
    ]
    return "".join(f"\n{line}" for line in lines)


def _list(report: "TrainingReport") -> str:
    return "none" if report.units is None else f"{report.units.held_out[:8]} of {report.units.held_out_units} units"
