"""A real PostgreSQL for tests: a server of their own on a free port, with a password made for it."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from aoi_modules.machine.free_ports import free_ports
from tests.services import path_of

PATIENCE = 240.0
_OWNER = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "fsync": "off",  # a test kills processes, never the machine
    "log_min_messages": "fatal",
}


class PostgreSQL:
    """A server, which can be stopped and started again on the same port with what it had.

    Args:
        folder: of its files; its owner is whoever the server runs as.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_hex(8)
        (self.port,) = free_ports(1)
        self._databases: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        password_file = folder / "password"
        password_file.write_text(self.password)
        _give(folder, password_file)
        self._done("initdb", "--pgdata", folder / "data", "--username", _OWNER, "--pwfile", password_file,
                   "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")  # fmt: skip
        password_file.unlink()

    def start(self) -> None:
        """Starts the server if it is stopped, and returns when it answers."""
        if self._process is not None:
            return
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        places = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)]
        command = [*_owner(), path_of("postgres"), *places, *settings]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stops the server; it ends all connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # a fast shutdown
            self._process.wait(PATIENCE)
            self._process = None

    def url(self, database: str) -> str:
        """Of a database."""
        return f"postgresql://{_OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """Makes a database, empty or a copy of another one to which nobody is connected, and gives its URL."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._databases.append(name)
        return self.url(name)

    def drop_databases(self) -> None:
        """Drops all that were made, so that they need not reach the disk."""
        while self._databases:
            self.run(f"DROP DATABASE IF EXISTS {self._databases.pop()} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> str:
        """Runs a statement, and gives its rows as `psql --tuples-only --no-align` does.

        It is asked by the driver, in a thread with a loop of its own: a program would have to be forked beside the
        threads of gRPC, which may hold whatever they hold just then, and a test may have a loop that runs.
        """

        async def asked() -> list[Sequence[object]]:
            connection = await asyncpg.connect(self.url(database), ssl=False, timeout=PATIENCE)
            try:
                return [tuple(row) for row in await connection.fetch(statement, timeout=PATIENCE)]
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            rows = thread.submit(asyncio.run, asked()).result()
        return "\n".join("|".join(map(_as_psql, row)) for row in rows)

    @contextmanager
    def secured(self, certificate: Path) -> Iterator[None]:
        """Lets the server speak TLS for a while. `certificate` is the path of NAME.pem beside NAME.key."""
        for kind in ("pem", "key"):
            copy = self.folder / f"server.{kind}"
            shutil.copy(certificate.with_suffix(f".{kind}"), copy)
            copy.chmod(0o600)
            _give(copy)
        self._set(
            ssl="on", ssl_cert_file=f"'{self.folder / 'server.pem'}'", ssl_key_file=f"'{self.folder / 'server.key'}'"
        )
        try:
            yield
        finally:
            self._set(ssl="off")

    def _set(self, **settings: str) -> None:
        """Changes settings while the server runs, and returns when new connections have them."""
        for name, value in settings.items():
            self.run(f"ALTER SYSTEM SET {name} = {value}")
        self.run("SELECT pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while self.run("SHOW ssl") != settings["ssl"]:
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            return self.run("SELECT 1") == "1"
        except (OSError, asyncpg.PostgresError):
            return False

    def _done(self, program: str, *arguments: object) -> None:
        environment = {**os.environ, "LC_ALL": "C"}
        command = [*_owner(), path_of(program), *map(str, arguments)]
        ended: subprocess.CompletedProcess[str] = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{program}: {ended.stdout}{ended.stderr}"


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A server that has just been set up. Its folder lies where the user may look that it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="aoi-postgresql-"))
    try:
        server = PostgreSQL(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _as_psql(value: object) -> str:
    """A value as `psql` prints it."""
    if value is None:
        return ""
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)


def _owner() -> list[str]:
    """The words by which a program becomes whom the server runs as: root may not.

    `subprocess` could do it, but has to fork then, and gRPC's handlers of a fork end such a child now and then.
    """
    if os.geteuid():
        return []
    user = pwd.getpwnam(_OWNER)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _give(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            shutil.chown(path, _OWNER, pwd.getpwnam(_OWNER).pw_gid)
