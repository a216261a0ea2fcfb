"""A PostgreSQL database as one file, by the programs that come with it."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from sqlalchemy import URL

from aoi_modules.errors import ResultsError
from aoi_modules.results.database.tables import VERSIONS, metadata
from aoi_modules.settings import child_environment

_OURS = (*metadata.tables, VERSIONS)
_PACKAGE = "apt-get install postgresql-client"
_SSL_MODES = {"true": "require", "false": "disable"}
"""Of asyncpg, as libpq calls them; the others have the same names."""


class PostgresqlSnapshot:
    """By `pg_dump` and `pg_restore`; see `Snapshot`. Only our tables are looked at: others may lie beside them.

    Args:
        url: of the database.
    """

    kind: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._shown = url.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def folder(self) -> Path:
        """See `Snapshot`."""
        return Path(tempfile.gettempdir())

    def save(self, path: Path) -> None:
        """See `Snapshot`."""
        tables = [f"--table={name}" for name in self._tables()]
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *tables, f"--file={path}")

    def check_empty(self) -> None:
        """See `Snapshot`."""
        if tables := self._tables():
            raise ResultsError(
                f"{self._shown}: there is a table {tables[0]} already",
                hint="restore into an empty database: createdb NAME",
            )
        self._program("pg_restore")

    def load(self, path: Path) -> None:
        """See `Snapshot`."""
        flags = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        self._run("pg_restore", *flags, f"--dbname={self._url.database}", str(path))

    def _tables(self) -> Sequence[str]:
        """Those of our tables that are there."""
        names = ", ".join(f"'{name}'" for name in _OURS)
        question = f"SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ({names})"
        return self._run("psql", "--no-psqlrc", "--tuples-only", "--no-align", f"--command={question}").split()

    def _run(self, program: str, *arguments: str) -> str:
        """Runs a program of PostgreSQL on the database, and gives what it printed."""
        command = [self._program(program), "--no-password", *arguments]
        ended = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        if ended.returncode:
            said = ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"]
            raise ResultsError(f"{self._shown}: {' '.join(said)[:500]}")
        return ended.stdout

    def _program(self, name: str) -> str:
        path = shutil.which(name)
        if path is None:
            raise ResultsError(f"{name}, which knows how to copy PostgreSQL, is not installed", hint=_PACKAGE)
        return path

    def _environment(self) -> dict[str, str]:
        """Where the database is and the password, which no list of processes shows."""
        url = self._url
        ssl = str(url.query.get("ssl", ""))
        said = {
            "PGHOST": url.host or str(url.query.get("host", "")),
            "PGPORT": str(url.port or url.query.get("port", "")),
            "PGUSER": url.username or "",
            "PGPASSWORD": str(url.password or ""),
            "PGDATABASE": url.database or "",
            "PGSSLMODE": _SSL_MODES.get(ssl, ssl),
        }
        return child_environment(**{name: value for name, value in said.items() if value})
