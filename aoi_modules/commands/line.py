"""`aoi line`: the whole line on this machine, by one command."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.output import console, stdout

if TYPE_CHECKING:
    from aoi_modules.line.camera import Taken
    from aoi_modules.line.faults.kinds import Fault
    from aoi_modules.line.table import Row
    from aoi_modules.line.tally import Tally

HOME = Path("build/line")
EVERY_SECONDS = 60.0
"""Between two lines of figures, where no terminal shows them all the time."""
_FAULTS = ("broken", "dark", "blurred", "slow")


def _port(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """A port number; 0, free ones, for `any`."""
    if text == "any":
        return 0
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65535):
        raise click.BadParameter(f"expected a port number up to 65534, or 'any'. Received: {text!r}")
    return int(text)


def _faults(_context: click.Context, _parameter: click.Parameter, texts: Sequence[str]) -> dict[str, float]:
    """Shares by fault: `dark=0.2`."""
    shares: dict[str, float] = {}
    for text in texts:
        name, _, share = text.partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            shares[name] = -1.0
        if name not in _FAULTS or not 0 < shares[name] <= 1:
            kinds = ", ".join(_FAULTS)
            raise click.BadParameter(f"expected FAULT=SHARE, a share up to 1 of {kinds}. Received: {text!r}")
    if sum(share for name, share in shares.items() if name != "slow") > 1:
        raise click.BadParameter(f"expected shares that are 1 together at most. Received: {', '.join(texts)}")
    return shares


@click.command("line")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="Folder of all that the line keeps; the next start with it goes on.  [default: build/line]",
)
@click.option(
    "--port",
    callback=_port,
    default="8080",
    show_default=True,
    help="Port of the first gateway and its pages, or 'any'; the second gateway has the next one.",
)
@click.option(
    "--serving-port",
    callback=_port,
    default="8500",
    show_default=True,
    help="Port of the model server's gRPC, or 'any'; its REST has the next one.",
)
@click.option(
    "--database",
    help="Where inspections go: postgresql://USER:PASSWORD@HOST/NAME; default: a SQLite file at home. AOI_DATABASE_URL"
    " hides a password from the list of processes.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0.01, 1000),
    default=2.0,
    show_default=True,
    help="Pictures a second of both cameras together.",
)
@click.option(
    "--defects",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of the parts that have a defect.",
)
@click.option(
    "--faults",
    multiple=True,
    callback=_faults,
    metavar="FAULT=SHARE",
    help="Share of the pictures with a fault: broken (cut off), dark (the lamp dims), blurred (out of focus); slow:"
    " share of the time at which the model server stands still. May be given for each.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell what happens as JSON, one object a line.")
def command(
    home: Path | None,
    port: int,
    serving_port: int,
    database: str | None,
    rate: float,
    defects: float,
    faults: "dict[Fault, float]",
    as_json: bool,
) -> None:
    """Run the whole line on this machine, in the foreground, until Ctrl-C.

    A registry of models in a folder, a sync and a model server with what lesson 6 of the course left (or a small model
    that is trained first), two gateways with one database, Prometheus, node exporter and the log store VictoriaLogs
    where they are installed, and two cameras. They send pictures that no model learnt from; each part's lot says what
    is true about it. `aoi logs ID` shows what the services said about an inspection.

    Ctrl-C or SIGTERM ends all of it in order, and the exit code is 0. A part that ends by itself ends the line with the
    last lines of its log and exit code 1. Whatever happens, nothing is left running, and the next start goes on with
    the same data.

    \b
    Examples:
      aoi line
      aoi line --rate 10 --defects 0.3
      aoi line --faults dark=0.2 --faults broken=0.01
      aoi line --faults slow=0.5
      aoi line --port any --serving-port any --home /tmp/second --json
      aoi line --database postgresql://aoi@127.0.0.1/aoi
      aoi registry push models/tile/2 --registry build/line/registry
    """
    from aoi_modules.line.faults.kinds import Fault
    from aoi_modules.line.running import Options, run
    from aoi_modules.settings import settings

    options = Options(
        home=home or settings().course_dir / HOME,
        artifacts_dir=settings().artifacts_dir,
        port=port,
        serving_port=serving_port,
        database=database or settings().database_url or None,
        rate=rate,
        defects=defects,
        faults={Fault(name): share for name, share in faults.items()},
    )
    run(options, _Json() if as_json else _People())


class _People:
    """Tells people: a table, the first verdict, and figures, in place on a terminal and each minute elsewhere."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._first = True
        self._in_place = stdout().isatty()
        self._open = False

    def note(self, line: str) -> None:
        self._say(line)

    def ready(self, rows: "Sequence[Row]", page: str) -> None:
        from aoi_modules.line.table import COLUMNS

        if self._in_place:
            self._draw(rows)
        else:
            self._say("\t".join(COLUMNS))
            for row in rows:
                self._say("\t".join(row.cells))
        self._told = time.monotonic()
        self._say(f"all parts run after {time.monotonic() - self._began:.1f} s; the page: {page}  Ctrl-C ends them")

    def taken(self, taken: "Taken") -> None:
        if self._first:
            self._first = False
            seconds, found = time.monotonic() - self._began, taken.inspection
            truth = taken.picture.truth
            self._say(f"first verdict after {seconds:.1f} s: {found.verdict} for a {found.component}, in truth {truth}")

    def trouble(self, line: str) -> None:
        self._say(line)

    def tick(self, tally: "Tally") -> None:
        now = time.monotonic()
        if now - self._told < (1.0 if self._in_place else EVERY_SECONDS):
            return
        self._told = now
        if self._in_place:
            print(f"\r\x1b[K{tally.in_words()}"[: console().width + 4], end="", file=stdout(), flush=True)
            self._open = True
        else:
            self._say(tally.in_words())

    def ended(self, tally: "Tally") -> None:
        self._say(f"stopped in order; {tally.in_words()}")

    def _say(self, line: str) -> None:
        print(f"\r\x1b[K{line}" if self._open else line, file=stdout(), flush=True)
        self._open = False

    def _draw(self, rows: "Sequence[Row]") -> None:
        from rich import box
        from rich.table import Table

        from aoi_modules.line.table import COLUMNS

        table = Table(box=box.SIMPLE_HEAD)
        for name in COLUMNS:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*row.cells)
        console().print(table)


class _Json:
    """Tells programs: one object a line, each with what it is about as `event`."""

    def note(self, line: str) -> None:
        self._print("note", words=line)

    def ready(self, rows: "Sequence[Row]", page: str) -> None:
        self._print("ready", page=page, parts=rows)

    def taken(self, taken: "Taken") -> None:
        fault = None if taken.fault is None else taken.fault.value
        truth = {"unit": taken.unit, "truth": taken.picture.truth, "fault": fault}
        self._print("inspected", camera=taken.camera, **truth, inspection=taken.inspection)

    def trouble(self, line: str) -> None:
        self._print("trouble", words=line)

    def tick(self, tally: "Tally") -> None:
        """Figures are what `ended` tells."""

    def ended(self, tally: "Tally") -> None:
        self._print(
            "ended",
            inspected=tally.inspected,
            verdicts={one.value: count for one, count in tally.verdicts.items()},
            escaped={"count": tally.escaped.count, "of": tally.escaped.total},
            overkilled={"count": tally.overkilled.count, "of": tally.overkilled.total},
            refused=tally.refused,
            failed=tally.failed,
        )

    def _print(self, event: str, **values: Any) -> None:
        import msgspec

        sys.stdout.write(msgspec.json.encode({"event": event, **values}).decode() + "\n")
        sys.stdout.flush()
