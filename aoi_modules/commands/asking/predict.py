"""`aoi predict`: ask a model server about pictures."""

import csv
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.server import ServerOptions, find_manifest, server_options
from aoi_modules.commands.output import console, stdout
from aoi_modules.errors import DataError

if TYPE_CHECKING:
    from rich.table import Table

    from aoi_modules.client.endpoint import Endpoint
    from aoi_modules.client.feature_table import Features
    from aoi_modules.client.picture_answers import PictureAnswer, PictureAsker
    from aoi_modules.judging.inspection import HeadResult
    from aoi_modules.modelstore.manifest import Manifest

CSV_COLUMNS = "picture model version verdict head kind label score head_verdict region error".split()
SECONDS_A_LINE = 5.0
"""Between two lines that say how far a longer run is, where no bar can be drawn."""


@click.command("predict")
@server_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of the table.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV, one line a head, instead of the table.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="Pictures that are asked about at once."
)
@click.option(
    "--features", "table", type=click.Path(path_type=Path), metavar="FILE",
    help="CSV file with the numbers that the model takes beside a picture.",
)  # fmt: skip
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
def command(
    pictures: tuple[str, ...], jobs: int, as_json: bool, as_csv: bool, table: Path | None, server: ServerOptions
) -> None:
    """Ask a model server about pictures: scores by head and label, and the verdict if the model carries its limits.

    A PICTURE is a file, a folder, which is searched, or a pattern in quotes. Answers come in the order of the
    pictures, those of a folder or pattern by name. A picture that cannot be used is named on standard error, and has
    a line with its error in JSON and CSV; the others are still asked about, and the exit code is 1. So is a folder in
    a folder that cannot be read. Bins, thumbnails, masks and our own results in a folder are passed over, as in
    training, and named on standard error. The exit code is 0 when every picture was answered, 2 after wrong usage.

    A head with a map also says where the defect is: top, left, height and width of its region, as shares of the
    picture's height and width.

    A model that takes features wants --features: a CSV file with a column `picture` (or `path`), and a column for each
    feature, by its name. `picture` is the file's name, with its folders where several files have the same name. The
    whole table is checked before the first picture is asked about.

    \b
    Examples:
      aoi predict --grpc 127.0.0.1:8500 --model tile part1.png part2.png
      aoi predict --grpc 127.0.0.1:8500 --model tile --csv parts/ > scores.csv
      aoi predict --http http://127.0.0.1:8501 --model tile --json 'parts/**/*.png' | jq .verdict
      aoi predict --grpc 127.0.0.1:8500 --model tile --version 3 --timeout 2 part1.png
      aoi predict --grpc 127.0.0.1:8500 --model houses --features houses.csv houses/
    """
    from aoi_modules.client.manifests import Manifests
    from aoi_modules.client.picture_answers import PictureAsker

    if as_json and as_csv:
        raise click.UsageError("expected at most one of --json and --csv")
    files, failed = _found(pictures)
    if not files:
        sys.exit(1)
    show = _show_json if as_json else _show_csv if as_csv else _show_table
    rows_are_seen = (as_json or as_csv) and stdout().isatty()
    with server.client() as client:
        manifest = find_manifest(client)
        manifests = Manifests(client, manifest)
        asker = PictureAsker(client, manifests, _features(client.endpoint, manifest, files, table))
        answers = _in_order(asker, files, jobs)
        complaints = show(answers if rows_are_seen else _told(answers, len(files)))
    if failed or complaints:
        sys.exit(1)


def _found(places: tuple[str, ...]) -> tuple[list[Path], bool]:
    """The picture files, and whether a place, or a folder in one, had none or could not be read."""
    from aoi_modules.client.picture_search import Note, NothingFound, find_pictures

    files, empty = [], False
    for found in find_pictures(places):
        if isinstance(found, NothingFound):
            click.echo(f"error: {found.place}: {found.reason}", err=True)
            empty = True
        elif isinstance(found, Note):
            click.echo(f"note: {found.sentence}", err=True)
        else:
            files.append(found)
    return files, empty


def _features(
    endpoint: "Endpoint", manifest: "Manifest | None", files: Sequence[Path], table: Path | None
) -> "Features | None":
    """The features of every picture; None for a model that takes none.

    Raises:
        DataError: the model takes features and no table was given, or the other way round; or the table is wrong.
    """
    from aoi_modules.client.feature_table import read_table

    if manifest is not None and manifest.features:
        names = ", ".join(manifest.features)
        if table is None:
            raise DataError(
                f"model {endpoint.model} takes more than a picture: {names}",
                hint=f"--features FILE, a CSV file with the columns picture, {names}",
            )
        return read_table(table, manifest.features).features_of(files)
    if table is not None:
        reason = "takes pictures alone" if manifest is not None else "carries no manifest that names its features"
        raise DataError(f"--features: {endpoint} {reason}", hint="leave --features out")
    return None


def _in_order(asker: "PictureAsker", files: Iterable[Path], jobs: int) -> "Iterator[PictureAnswer]":
    """The answers in the order of the files; at most `jobs` calls are under way, and few answers wait."""
    waiting: deque[Future[PictureAnswer]] = deque()
    with ThreadPoolExecutor(jobs) as threads:
        try:
            for file in files:
                waiting.append(threads.submit(asker.ask, file))
                if len(waiting) >= 4 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _told(answers: "Iterator[PictureAnswer]", total: int) -> "Iterator[PictureAnswer]":
    """The answers, with a bar on a terminal, and a line now and then anywhere else."""
    from aoi_modules.progress import on_terminal, progress, say

    if on_terminal() and total > 1:
        with progress("asking", total, unit="pictures") as advance:
            for answer in answers:
                yield answer
                advance(1)
        return
    said = time.monotonic()
    for number, answer in enumerate(answers, start=1):
        yield answer
        if time.monotonic() - said >= SECONDS_A_LINE and number < total:
            said = time.monotonic()
            say(f"asked about {number} of {total} pictures")


def _complains(answer: "PictureAnswer") -> bool:
    """Whether the answer is none, which is said on standard error."""
    from aoi_modules.progress import say

    if answer.error:
        say(f"error: {answer.picture}: {answer.error}")
    return bool(answer.error)


def _show_json(answers: "Iterator[PictureAnswer]") -> int:
    import msgspec

    out, complaints = stdout(), 0
    for answer in answers:
        click.echo(msgspec.json.encode(_fields(answer)), file=out)
        complaints += _complains(answer)
    return complaints


def _fields(answer: "PictureAnswer") -> dict[str, object]:
    return {name: getattr(answer, name) for name in ("picture", "model", "verdict", "heads", "error")}


def _show_csv(answers: "Iterator[PictureAnswer]") -> int:
    writer = csv.writer(stdout(), lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    complaints = 0
    for answer in answers:
        writer.writerows(_csv_rows(answer))
        complaints += _complains(answer)
    return complaints


def _csv_rows(answer: "PictureAnswer") -> Iterator[tuple[object, ...]]:
    """A row a head; one row with the error, on one line, where there is no answer."""
    model = (answer.model.name, answer.model.version) if answer.model else ("", "")
    for head in answer.heads:
        said = (head.name, head.kind, head.label, head.score, head.verdict, _region(head))
        yield (answer.picture, *model, answer.verdict, *said, "")
    if answer.error:
        yield (answer.picture, *[""] * (len(CSV_COLUMNS) - 2), " ".join(answer.error.split()))


def _show_table(answers: "Iterator[PictureAnswer]") -> int:
    """A table of all answers at the end; also of those that came before the server went away."""
    out, complaints = console(), 0
    found: list[PictureAnswer] = []
    try:
        for answer in answers:
            if _complains(answer):
                complaints += 1
            else:
                found.append(answer)
    finally:
        if found:
            out.print(_table(found))
    return complaints


def _table(answers: "list[PictureAnswer]") -> "Table":
    from rich.table import Table

    located = any(head.region for answer in answers for head in answer.heads)
    table = Table("picture", "head", "label", "score", "verdict", *(["region"] if located else []))
    for answer in answers:
        for head in answer.heads:
            score = "not a number" if head.score is None else f"{head.score:.4f}"
            cells = (answer.picture, head.name, head.label or "", score, head.verdict or "")
            table.add_row(*cells, *([_region(head)] if located else []))
    return table


def _region(head: "HeadResult") -> str:
    """Where the defect is: top, left, height and width as shares of the picture; empty where nothing says it."""
    if (region := head.region) is None:
        return ""
    return f"{region.top:.3f} {region.left:.3f} {region.height:.3f} {region.width:.3f}"
