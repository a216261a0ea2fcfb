"""A real gateway in a child process, for lessons and tests."""

from collections.abc import Sequence
from pathlib import Path

from aoi_modules.child_process import ChildProcess
from aoi_modules.closing import Closing

READY_SECONDS = 240.0


class RunningGateway(Closing):
    """`aoi gateway --routes ROUTES` on a free port; a context manager that stops it.

    Args:
        routes: YAML file.
        ready_seconds: how long it may take until it listens.
        drain_seconds: see `aoi gateway --help`; here no load balancer has to turn away first.
        results: folder in which inspections are kept; None keeps none.
        database: their database, by URL; None for a SQLite file in the folder.
        pictures: where their pictures go; None for a folder in the folder.
        by_grpc: opens the second door, too.
        traces: URL of a receiver of spans; None makes none.
        arguments: further ones of `aoi gateway`.

    Attributes:
        url: `http://127.0.0.1:PORT`; with `--tls_cert` among the arguments it begins with `https`.
        grpc: `127.0.0.1:PORT` of the second door; empty if there is none.
        process: the child: `stop()`, `kill()`, `log_tail()`.

    Raises:
        AoiError: the gateway did not start; the message holds the end of its log.
    """

    def __init__(
        self,
        routes: Path,
        *,
        ready_seconds: float = READY_SECONDS,
        drain_seconds: float = 0.0,
        results: Path | None = None,
        database: str | None = None,
        pictures: str | None = None,
        by_grpc: bool = False,
        traces: str | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        command = [
            "gateway", "--routes", str(routes), "--host", "127.0.0.1", "--port", "any",
            "--drain_seconds", str(drain_seconds), "--results", str(results or "none"),
            *(["--database", database] if database is not None else []),
            *(["--pictures", pictures] if pictures is not None else []),
            *(["--grpc_port", "any"] if by_grpc else []),
            *(["--traces", traces] if traces is not None else []),
            *arguments,
        ]  # fmt: skip
        self.process = ChildProcess(command, ready_seconds=ready_seconds)
        ports = self.process.ports
        scheme = "https" if "--tls_cert" in arguments else "http"
        self.url = f"{scheme}://127.0.0.1:{ports['http']}"
        self.grpc = f"127.0.0.1:{ports['grpc']}" if by_grpc else ""

    def close(self) -> None:
        """Stops it, and waits until it has ended."""
        self.process.close()
