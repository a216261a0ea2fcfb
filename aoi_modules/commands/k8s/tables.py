"""How objects of a cluster do, as a table or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.output import console

if TYPE_CHECKING:
    from aoi_modules.cluster.live.standing import Standing


def show(found: "Sequence[Standing]", *, as_json: bool = False) -> None:
    """Prints a row for each object: whether it is ready, and why not."""
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("namespace", "object", "ready", "why not"):
        table.add_column(name, overflow="fold")
    for one in found:
        table.add_row(one.namespace, one.name, one.count or ("yes" if one.ready else "no"), one.why)
    console().print(table)


def tell(found: "Sequence[Standing]") -> None:
    """Says on standard error what is waited for."""
    left = [one for one in found if not one.ready]
    words = "; ".join(f"{one.name} {one.count} {one.why}".strip() for one in left[:4])
    more = f"; {len(left) - 4} more" if len(left) > 4 else ""
    click.echo(f"{len(found) - len(left)} of {len(found)} ready{f'. Waiting: {words}{more}' if left else ''}", err=True)
