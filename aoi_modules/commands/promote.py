"""`aoi promote`: whether a candidate gets a label, by the rules of a gate; and the label moves."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.commands.options.registry import RegistryPlace, registry_options
from aoi_modules.commands.options.signing import key_option, public_key_option, signer_of, trust_of
from aoi_modules.commands.registry.versions import who_option
from aoi_modules.commands.results.compare import KEEP, OPEN, UNSET

if TYPE_CHECKING:
    from datetime import datetime

    from aoi_modules.gateway.routes import Route
    from aoi_modules.modelstore.registry.records import Move
    from aoi_modules.object_store.interface import Objects
    from aoi_modules.promotion.contest import Contest
    from aoi_modules.promotion.findings import Finding
    from aoi_modules.promotion.gate import Gate
    from aoi_modules.promotion.gathering import Evidence
    from aoi_modules.promotion.report import Promotion
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.evidence.comparing import Found
    from aoi_modules.results.pictures.store import PictureStore

FILE = click.Path(path_type=Path)
Said = tuple[Sequence["Finding"], Sequence[str]]
"""Findings, and what a reader must know."""


@click.command("promote")
@click.argument("component")
@click.option("--to", "label", type=click.Choice(["canary", "stable"]), required=True, help="The label that moves.")
@click.option("--candidate", default="", help="Version or label.  [default: the newest, or for stable the canary]")
@click.option("--gate", "gate_file", type=FILE, help="The rules, gate.yaml.  [default: those that are built in]")
@click.option("--routes", type=FILE, help="The gateway's file of routes. Needed but with --back.")
@click.option("--gateway", "gateways", multiple=True, metavar="URL", help="Ask it for failures; may be repeated.")
@click.option("--since", type=click.DateTime(), help="For stable: only what came from this moment on, in UTC.")
@click.option("--report", type=FILE, default="promotion.html", show_default=True, help="The page that it writes.")
@click.option("--back", is_flag=True, help="Take the label back to where it was; a canary goes. No gate is asked.")
@click.option("--or-back", is_flag=True, help="For stable: take the canary back if it fails a rule.")
@click.option("--reason", default="", help="With --back: why, for who reads it later.")
@click.option("--dry-run", "dry", is_flag=True, help="Decide and write the page; move no label.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@key_option
@public_key_option
@who_option
@registry_options
@place_options
def command(
    component: str,
    label: Literal["canary", "stable"],
    candidate: str,
    gate_file: Path | None,
    routes: Path | None,
    gateways: tuple[str, ...],
    since: "datetime | None",
    report: Path,
    back: bool,
    or_back: bool,
    reason: str,
    dry: bool,
    as_json: bool,
    key: Path | None,
    public_keys: tuple[Path, ...],
    who: str,
    registry: RegistryPlace,
    places: Places,
) -> None:
    """Hold a candidate of COMPONENT to its gate, write a report, and let a label of the registry move to it.

    To canary: the candidate and the version in service, which has the label stable, are asked on this machine about the
    same judged parts that neither learnt from; parity, size, latency and drift are measured. To stable: what the
    candidate did at the line as canary or shadow decides, as in `aoi results compare`, and whether somebody confirmed
    its limits. What is unknown never passes. The label moves last, and the move names the report.

    Ends with 0 if it passed, 3 if it is refused, 4 without enough evidence, 5 if only its limits are not confirmed; 1
    where it could not be decided, 2 after wrong usage.

    \b
    Examples:
      aoi promote tile --to canary --candidate 3 --gate gate.yaml --routes routes.yaml
      aoi promote tile --to stable --gate gate.yaml --routes routes.yaml --gateway http://127.0.0.1:8080
      aoi promote tile --to stable --routes routes.yaml --dry-run --json
      aoi promote tile --to stable --back --reason 'overkill on matt tiles'
    """
    if back:
        _take_back(component, label, routes, registry, key, who=who, reason=reason, dry=dry, as_json=as_json)
        return
    if routes is None:
        raise click.UsageError("expected --routes FILE: it says which model the component has, and by which limits")
    from aoi_modules.promotion.gate import Gate, read_gate
    from aoi_modules.promotion.report import in_words, write_page

    gate = Gate() if gate_file is None else read_gate(gate_file)
    route = _route(routes, component)
    trust = trust_of(public_keys)

    def act(objects: "Objects") -> "tuple[Promotion, Move | None]":
        from aoi_modules.promotion.contest import CANARY, contest_of

        contest = contest_of(objects, route.model, candidate or (CANARY if label == "stable" else ""), trust)
        if label == "canary":
            names = [file.name for file in public_keys] or None
            said = _before_canary(objects, places, component, route, contest, gate, names)
        else:
            said = _before_stable(places, component, route, contest, gate, gateways, since)
        name = "the gate that is built in" if gate_file is None else gate_file.name
        found = _promotion(component, label, contest, gate, said, gate_name=name, who=who)
        named = write_page(found, report)
        return found, None if dry else _moved(objects, found, named, key, who=who, or_back=or_back)

    found, move = registry.act(act)
    click.echo(_json(found, move) if as_json else "\n".join([in_words(found), *_said(move, report)]))
    raise SystemExit({"promote": 0, "refuse": KEEP, "limits not confirmed": UNSET}.get(found.outcome, OPEN))


def _route(routes: Path, component: str) -> "Route":
    from aoi_modules.errors import UnknownComponent
    from aoi_modules.gateway.routes import read_routes

    read = read_routes(routes)
    if component not in read.components:
        raise UnknownComponent(component, sorted(read.components))
    return read.components[component]


def _before_canary(
    objects: "Objects",
    places: Places,
    component: str,
    route: "Route",
    contest: "Contest",
    gate: "Gate",
    trusted: Sequence[str] | None,
) -> Said:
    """Gathers what the line knows, brings both versions here, and tries them."""
    import tempfile

    from aoi_modules.promotion import contest as contests
    from aoi_modules.promotion.gathering import gather
    from aoi_modules.promotion.stages import before_canary, contenders_of

    with tempfile.TemporaryDirectory(prefix="aoi-promote-") as made:
        folder = Path(made)

        async def act(database: "Database", store: "PictureStore") -> "Evidence":
            versions = contenders_of(route, contest)
            return await gather(database, store, component, versions, gate.held_out.most, folder / "pictures")

        evidence = places.act_with_pictures(act)
        base_path = contests.pull(objects, contest, folder / "models")
        findings = before_canary(route, contest, gate, evidence, base_path, trusted)
    notes = [f"{evidence.left_out} judged parts were left out, as one of the two learnt from their units"]
    if evidence.gone:
        notes.append(f"{evidence.gone} judged parts have no picture any more")
    return findings, notes


def _before_stable(
    places: Places,
    component: str,
    route: "Route",
    contest: "Contest",
    gate: "Gate",
    gateways: Sequence[str],
    since: "datetime | None",
) -> Said:
    """Asks the line what it saw of the candidate."""
    import asyncio
    from datetime import UTC

    from aoi_modules.promotion.contenders import at_the_line
    from aoi_modules.promotion.failures import failures_at
    from aoi_modules.promotion.stages import before_stable
    from aoi_modules.results.evidence import comparing
    from aoi_modules.results.evidence.decision import Margins

    own, other = asyncio.run(at_the_line(component, route, contest.incumbent.number, contest.candidate.number))
    station = gate.station
    margins = Margins(escape=station.escape, overkill=station.overkill, risk=station.risk)
    moment = None if since is None else since.replace(tzinfo=UTC)

    async def act(database: "Database") -> "Found":
        return await comparing.compare(database, component, own, other, margins, moment)

    found = places.act(act)
    return before_stable(found, failures_at(gateways, component), station), found.notes


def _promotion(
    component: str,
    label: Literal["canary", "stable"],
    contest: "Contest",
    gate: "Gate",
    said: Said,
    *,
    gate_name: str,
    who: str,
) -> "Promotion":
    from aoi_modules.promotion.findings import decide
    from aoi_modules.promotion.report import Promotion
    from aoi_modules.results.record import now

    findings, notes = said
    return Promotion(
        component=component,
        model=contest.model,
        label=label,
        incumbent=contest.incumbent.number,
        candidate=contest.candidate.number,
        outcome=decide(findings),
        findings=tuple(findings),
        not_asked=gate.not_asked(label),
        notes=tuple(notes),
        time=now(),
        who=who,
        gate=gate_name,
    )


def _moved(
    objects: "Objects", found: "Promotion", report: str, key: Path | None, *, who: str, or_back: bool
) -> "Move | None":
    """The label's move; None where none moves."""
    from aoi_modules.promotion import moving
    from aoi_modules.promotion.contest import CANARY

    signer = signer_of(key)
    if found.outcome == "promote":
        return moving.promote(objects, found.model, found.label, found.candidate, who=who, report=report, signer=signer)
    if found.outcome == "refuse" and or_back and found.label != CANARY:
        return moving.take_back(
            objects, found.model, CANARY, who=who, reason=f"refused by its gate: {report}", signer=signer
        )
    return None


def _take_back(
    component: str,
    label: str,
    routes: Path | None,
    registry: RegistryPlace,
    key: Path | None,
    *,
    who: str,
    reason: str,
    dry: bool,
    as_json: bool,
) -> None:
    from aoi_modules.promotion.moving import take_back

    if not reason or dry:
        raise click.UsageError("--back expects --reason TEXT, which is kept, and has no --dry-run")
    model = component if routes is None else _route(routes, component).model
    signer = signer_of(key)
    move = registry.act(lambda objects: take_back(objects, model, label, who=who, reason=reason, signer=signer))
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(move), indent=2))
    else:
        click.echo(_points(move))


def _json(found: "Promotion", move: "Move | None") -> bytes:
    import msgspec

    content = {**msgspec.structs.asdict(found), "move": move}
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def _said(move: "Move | None", report: Path) -> list[str]:
    """Where the label points now, and where the page is."""
    return [*([] if move is None else [_points(move)]), f"report: {report}"]


def _points(move: "Move") -> str:
    return f"{move.name}:{move.label} " + ("is taken away" if move.version is None else f"is version {move.version}")
