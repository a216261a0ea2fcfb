"""A real PostgreSQL for tests: a server of their own on a free port, with a password made for it."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.documents import free_ports
from tests.services import path_of

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
        command = [path_of("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *settings], stdout=log, stderr=log, **_owner())
        end = time.monotonic() + 60
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stops the server; it ends all connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # a fast shutdown
            self._process.wait(60)
            self._process = None

    def url(self, database: str) -> str:
        """Of a database."""
        return f"postgresql://{_OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Makes an empty database and gives its URL."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        self._databases.append(name)
        return self.url(name)

    def drop_databases(self) -> None:
        """Drops all that were made, so that they need not reach the disk."""
        while self._databases:
            self.run(f"DROP DATABASE IF EXISTS {self._databases.pop()} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> str:
        """Runs a statement, and gives what `psql` prints of it."""
        return self._done("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set", "ON_ERROR_STOP=1",
                          "--host", self.folder, "--port", self.port, "--username", _OWNER, "--dbname", database,
                          "--command", statement)  # fmt: skip

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
        end = time.monotonic() + 60
        while self.run("SHOW ssl") != settings["ssl"]:
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        command = [path_of("pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _done(self, program: str, *arguments: object) -> str:
        environment = {**os.environ, "PGPASSWORD": self.password, "LC_ALL": "C"}
        command = [path_of(program), *map(str, arguments)]
        ended: subprocess.CompletedProcess[str] = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, **_owner()
        )
        assert ended.returncode == 0, f"{program}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()


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


def _owner() -> dict[str, Any]:
    """Whom the server runs as: root may not."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam(_OWNER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _give(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            shutil.chown(path, _OWNER, pwd.getpwnam(_OWNER).pw_gid)
