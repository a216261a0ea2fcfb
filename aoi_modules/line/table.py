"""What runs where: the rows that people and programs get."""

from collections.abc import Sequence

import msgspec

from aoi_modules.line.part import Part
from aoi_modules.line.servables import Servable
from aoi_modules.results.database.connection import parse_url, shown

SOURCES = {
    "prometheus": "Debian's package prometheus",
    "node exporter": "Debian's package prometheus-node-exporter",
    "log store": "go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1",
}
"""Where to get what is not installed, by what it is called here."""
COLUMNS = ("part", "what it does", "where", "process")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the line.

    `pid` and `log` are null for what is no process: the registry, the database, what is not installed.
    """

    part: str
    does: str
    where: str
    pid: int | None = None
    log: str | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As people read it, in the order of `COLUMNS`."""
        return self.part, self.does, self.where, "" if self.pid is None else str(self.pid)


def rows_of(
    parts: Sequence[Part],
    missing: Sequence[str],
    servables: Sequence[Servable],
    *,
    registry: str,
    database: str,
) -> list[Row]:
    """Lists the line in the order in which a picture's verdict comes about.

    Args:
        parts: that run.
        missing: programs that are not installed.
        servables: that the registry began with.
        registry: where it is.
        database: URL or file.
    """
    models = ", ".join(_model(one) for one in servables)
    return [
        Row(part="model registry", does=models, where=registry),
        *(_row(part) for part in parts),
        Row(part="database", does="inspections, judgements", where=place_of(database)),
        *(Row(part=name, does="not installed", where=SOURCES[name]) for name in missing),
    ]


def _row(part: Part) -> Row:
    return Row(part=part.name, does=part.does, where=part.where, pid=part.child.pid, log=str(part.child.log_file))


def _model(servable: Servable) -> str:
    size = servable.manifest.profile
    return f"{servable.name} ({size})" if size else servable.name


def place_of(database: str) -> str:
    """A file by its path, another database by its URL without password and driver."""
    url = parse_url(database)
    return database if url.get_backend_name() == "sqlite" else shown(url)
