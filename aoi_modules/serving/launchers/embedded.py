"""A real `aoi serve` as a child process, on free ports, for lessons and tests."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from aoi_modules.child_process import ChildProcess
from aoi_modules.closing import Closing
from aoi_modules.serving import model_config
from aoi_modules.serving.model_config import ServedModel, VersionPolicy

HOST = "127.0.0.1"


class EmbeddedServer(Closing):
    """Serves models in a child process that ends with its parent; a context manager that stops it.

    Args:
        models: base path of each model, by name.
        log: file that keeps what the server printed; by default it goes when the server goes.
        start_timeout: seconds until all models must be loaded.
        flags: more flags of `aoi serve`.
        versions: which versions of each model are served; None for the newest.

    Raises:
        AoiError: the server ended or was not ready in time; the message holds the end of its log.

    Example:
        >>> with EmbeddedServer({"tile": Path("models/tile")}) as server:  # doctest: +SKIP
        ...     print(server.grpc, server.rest)
        127.0.0.1:41203 http://127.0.0.1:38117
    """

    def __init__(
        self,
        models: Mapping[str, Path | str],
        *,
        log: Path | None = None,
        start_timeout: float = 240.0,
        flags: Sequence[str] = (),
        versions: VersionPolicy | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aoi-serve-")
        self._log = log
        self._start_timeout = start_timeout
        self._flags = flags
        self._config = Path(self._folder.name) / "models.config"
        served = [
            ServedModel(name, Path(path).absolute(), versions or VersionPolicy()) for name, path in models.items()
        ]
        self._config.write_text(model_config.to_text(served))
        try:
            self._child = self._start("any", "any")
        except BaseException:
            self._folder.cleanup()
            raise
        self._ports = self._child.ports

    @property
    def grpc(self) -> str:
        """`HOST:PORT` for gRPC clients."""
        return f"{HOST}:{self._ports['grpc']}"

    @property
    def rest(self) -> str:
        """Base URL for REST clients."""
        return f"http://{HOST}:{self._ports['rest']}"

    @property
    def pid(self) -> int:
        """The process id of the server; another one after `restart`."""
        return self._child.pid

    def running(self) -> bool:
        """Whether the server has not ended yet."""
        return self._child.running()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the server printed."""
        return self._child.log_tail(lines)

    def stop(self) -> int:
        """Lets the server finish what is under way; returns its exit code, 0 when all went well."""
        code = self._child.stop()
        self._keep_log()
        return code

    def kill(self) -> int:
        """Ends the server at once, as a crash would."""
        code = self._child.kill()
        self._keep_log()
        return code

    def restart(self) -> None:
        """Starts the server again, on the same ports."""
        self.stop()
        self._child.close()
        self._child = self._start(self._ports["grpc"], self._ports["rest"])

    def close(self) -> None:
        """Stops the server and removes its files."""
        self.stop()
        self._child.close()
        self._folder.cleanup()

    def _start(self, port: int | str, rest_api_port: int | str) -> ChildProcess:
        arguments = [
            "serve", f"--host={HOST}", f"--port={port}", f"--rest_api_port={rest_api_port}",
            f"--model_config_file={self._config}", "--drain_seconds=0", *self._flags,
        ]  # fmt: skip
        return ChildProcess(arguments, ready_seconds=self._start_timeout)

    def _keep_log(self) -> None:
        if self._log is not None:
            shutil.copyfile(self._child.log_file, self._log)
