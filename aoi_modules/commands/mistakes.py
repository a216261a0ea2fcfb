"""`aoi mistakes`: what a training is worth, the pictures about which it was wrong first."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.output import console
from aoi_modules.errors import ModelError
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import ClassResult, Mistake, TrainingReport

if TYPE_CHECKING:
    from rich.table import Table

MOST = 50
"""Wrong pictures that are listed, unless all are wanted."""
TABLES = ("train", "validation", "test")


@click.command("mistakes")
@click.argument("training", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help=f"List all wrong pictures, not the first {MOST} of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print the wrong pictures and the classes as JSON for machines.")
def command(training: Path, every: bool, as_json: bool) -> None:
    """Show what a training is worth: first the test pictures about which the model was wrong, then its classes.

    TRAINING is the folder that `aoi train` wrote. A defective part that passes has escaped; a good part that fails is
    overkill. The surest errors come first. report.html shows the pictures themselves.

    \b
    Examples:
      aoi mistakes build/tile
      aoi mistakes build/tile --all
      aoi mistakes build/tile --json | jq -r '.mistakes[] | select(.kind == "escaped") | .picture'
    """
    report = training_report.read(training)
    if report.mistakes is None:
        raise ModelError(f"{training}: an older release wrote it, without the wrong pictures", hint="train it again")
    if as_json:
        click.echo(_json(report))
        return
    out = console()
    for head in report.heads:
        if said := training_report.verdicts_in_words(report, head.name):
            out.print(f"{head.name}: {said}")
    for kind in dict.fromkeys(one.kind for one in report.mistakes):
        found = [one for one in report.mistakes if one.kind == kind]
        listed = found if every else found[:MOST]
        out.print(_wrong(f"{kind}: {len(found)}", listed))
        if len(found) > len(listed):
            out.print(f"and {len(found) - len(listed)} more: --all lists them")
    if not report.mistakes:
        out.print("no test picture was answered wrong")
    if report.classes:
        out.print(_classes(report))
    for note in report.notes:
        out.print(f"note: {note}")


def _json(report: TrainingReport) -> bytes:
    import msgspec

    content = {name: getattr(report, name) for name in ("mistakes", "classes", "counts", "notes")}
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def _wrong(title: str, mistakes: Sequence[Mistake]) -> "Table":
    from rich.table import Table

    table = Table("picture", "head", "truth", "answer", "score", "verdict", title=title, title_justify="left")
    for one in mistakes:
        table.add_row(one.picture, one.head, one.truth, one.answer, f"{one.score:.4f}", one.verdict or "")
    return table


def _classes(report: TrainingReport) -> "Table":
    from rich.table import Table

    columns = ("head", "class", *TABLES, "right label", "wrong verdict")
    table = Table(*columns, title="test pictures by class", title_justify="left")
    for one in report.classes:
        counts = report.counts.get(one.name, {})
        table.add_row(one.head, one.name, *(str(counts.get(name, "")) for name in TABLES), *_rates(one))
    return table


def _rates(one: ClassResult) -> tuple[str, str]:
    return "" if one.recall is None else str(one.recall), one.wrong_verdicts_in_words
