"""`aoi predict`: ask a model server about pictures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from aoi_modules.client.base import PredictClient
    from aoi_modules.gateway.answers import PictureAnswer


@click.command("predict")
@click.option("--grpc", "grpc_address", metavar="HOST:PORT", help="Model server's gRPC address.")
@click.option("--http", "url", metavar="URL", help="Model server's REST address, for example http://127.0.0.1:8501.")
@click.option("--model", required=True, help="Name of the model on its server.")
@click.option("--version", type=click.IntRange(min=1), help="Version to ask; the newest if left out.")
@click.option("--timeout", type=click.FloatRange(0.001, 3600), default=10.0, show_default=True, help="Seconds a call.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of the table.")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PICTURE...")
def command(
    grpc_address: str | None,
    url: str | None,
    model: str,
    version: int | None,
    timeout: float,
    as_json: bool,
    pictures: tuple[Path, ...],
) -> None:
    """Ask a model server about pictures: scores by head and label, and the verdict if the model carries its limits.

    A picture that cannot be read is named on standard error, the others are still asked about, and the exit code is 1.

    \b
    Examples:
      aoi predict --grpc 127.0.0.1:8500 --model tile part1.png part2.png
      aoi predict --http http://127.0.0.1:8501 --model tile --json *.png | jq .verdict
      aoi predict --grpc 127.0.0.1:8500 --model tile --version 3 --timeout 2 part1.png
    """
    import msgspec

    if (grpc_address is None) == (url is None):
        raise click.UsageError("expected one of --grpc HOST:PORT and --http URL")
    failed = False
    found: list[PictureAnswer] = []
    with _client(grpc_address, url, model, version, timeout) as client:
        for answer in _answers(client, pictures):
            failed = failed or bool(answer.error)
            if answer.error:
                click.echo(f"error: {answer.picture}: {answer.error}", err=True)
            elif as_json:
                click.echo(msgspec.json.encode(answer))
            else:
                found.append(answer)
    if found:
        _print_table(_table(found))
    if failed:
        sys.exit(1)


def _client(
    grpc_address: str | None, url: str | None, model: str, version: int | None, timeout: float
) -> "PredictClient":
    if grpc_address is not None:
        from aoi_modules.client.grpc_client import GrpcClient

        return GrpcClient(grpc_address, model, version=version, timeout=timeout)
    from aoi_modules.client.http_client import HttpClient

    return HttpClient(url or "", model, version=version, timeout=timeout)


def _answers(client: "PredictClient", pictures: tuple[Path, ...]) -> "Iterator[PictureAnswer]":
    """The answers one by one, with a progress bar when a person is watching a longer run."""
    from aoi_modules.gateway.answers import ask_about
    from aoi_modules.settings import settings

    answers = ask_about(client, pictures)
    if settings().plain or not sys.stderr.isatty() or len(pictures) < 2:
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(answers, "asking", total=len(pictures), console=Console(stderr=True), transient=True)


def _table(answers: "list[PictureAnswer]") -> "Table":
    from rich.table import Table

    table = Table("picture", "head", "label", "score", "verdict")
    for answer in answers:
        for head in answer.heads:
            score = "not a number" if head.score is None else f"{head.score:.4f}"
            table.add_row(answer.picture, head.name, head.label or "", score, head.verdict or "")
    return table


def _print_table(table: "Table") -> None:
    """At the terminal's width; in a file or pipe as wide as it needs, so that nothing is cut."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 240).print(table)
