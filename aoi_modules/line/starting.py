"""Each part of the line as a command, in the order in which one needs the other."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aoi_modules.child_process import Child, aoi_command, guarded
from aoi_modules.cluster.deployment import MONITORING
from aoi_modules.errors import AoiError
from aoi_modules.line import scraping
from aoi_modules.line.home import Home
from aoi_modules.line.part import Part, answers, is_there
from aoi_modules.line.parts import Parts
from aoi_modules.line.ports import HOST, Ports
from aoi_modules.line.table import place_of
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.settings import child_environment

SECONDS = 2
"""Between two looks for new versions."""


class Starter:
    """Starts the parts of a line.

    Args:
        home: of the line.
        ports: of the line.
        database: URL of the gateways' database; None for a file of SQLite.
        parts: takes what was started.
    """

    def __init__(self, home: Home, ports: Ports, database: str | None, parts: Parts) -> None:
        self._home, self._ports, self._database, self._parts = home, ports, database, parts

    def watchers(self) -> list[str]:
        """Starts Prometheus and the node exporter; returns those that are not installed."""
        programs = {"prometheus": scraping.PROMETHEUS, "node exporter": scraping.NODE_EXPORTER}
        found = {name: scraping.find(called) for name, called in programs.items()}
        self._parts.stage()
        if exporter := found["node exporter"]:
            self._node_exporter(exporter)
        if prometheus := found["prometheus"]:
            self._prometheus(prometheus, node_exporter=found["node exporter"] is not None)
        return [name for name, program in found.items() if program is None]

    def sync(self) -> None:
        """Starts the sync of the model server's folder, and waits until there is something to serve."""
        health = self._home.folder / "sync.json"
        health.unlink(missing_ok=True)
        self._parts.stage()
        arguments = [
            "registry", "sync", "--registry", str(self._home.registry), "--models", str(self._home.models),
            "--server", f"{HOST}:{self._ports.grpc}", "--every", str(SECONDS), "--health-file", str(health),
        ]  # fmt: skip
        self._ours(
            "model sync", "brings versions from the registry", str(self._home.models), arguments, is_there(health)
        )
        self._parts.wait(self._home.config.is_file, f"{self._home.config}")

    def server(self) -> None:
        """Starts the model server."""
        monitoring = self._home.folder / "monitoring.config"
        write_whole(monitoring, MONITORING.encode())
        ready = self._ready_file("model-server")
        self._parts.stage()
        arguments = [
            "serve", f"--host={HOST}", f"--port={self._ports.grpc}", f"--rest_api_port={self._ports.rest}",
            f"--model_config_file={self._home.config}", f"--model_config_file_poll_wait_seconds={SECONDS}",
            "--allow_version_labels_for_unavailable_models=true", f"--monitoring_config_file={monitoring}",
            "--log_format=json", f"--ready_file={ready}",
        ]  # fmt: skip
        where = f"{HOST}:{self._ports.grpc}, http://{HOST}:{self._ports.rest}"
        self._ours("model server", "answers by gRPC and REST", where, arguments, is_there(ready))

    def gateways(self) -> None:
        """Starts both gateways, which share database and pictures."""
        if self._database is not None:
            self._migrate(self._database)
        self._parts.stage()
        for number, port in enumerate((self._ports.pages, self._ports.second), 1):
            self._gateway(f"gateway {number}", port, "operators' pages, verdicts" if number == 1 else "verdicts")

    def _gateway(self, name: str, port: int, does: str) -> None:
        slug = name.replace(" ", "-")
        arguments = [
            "gateway", "--routes", str(self._home.routes), "--host", HOST, "--port", str(port),
            "--drain_seconds", "0", "--results", str(self._home.folder / slug), "--pictures", str(self._home.pictures),
        ]  # fmt: skip
        url = f"http://{HOST}:{port}/"
        self._ours(name, does, url, arguments, answers(f"{url}readyz"), self._environment())

    def _environment(self) -> Mapping[str, str]:
        """The database of the gateways: in no list of processes, where a password would be read."""
        return child_environment(AOI_DATABASE_URL=self._database or str(self._home.database))

    def _migrate(self, database: str) -> None:
        """Gives PostgreSQL the tables of this release."""
        log = self._home.fresh_log("migrations")
        with Child(aoi_command(["results", "migrate"]), log, self._environment()) as child:
            if code := child.wait():
                raise AoiError(
                    f"{place_of(database)}: aoi results migrate ended with exit code {code}:\n{child.log_tail()}"
                )

    def _prometheus(self, program: str, *, node_exporter: bool) -> None:
        config = self._home.folder / "prometheus.yml"
        write_whole(config, scraping.text_of(self._ports, node_exporter=node_exporter).encode())
        address = f"{HOST}:{self._ports.prometheus}"
        command = [
            program, f"--config.file={config}", f"--storage.tsdb.path={self._home.folder / 'prometheus'}",
            f"--web.listen-address={address}", "--storage.tsdb.retention.time=7d",
        ]  # fmt: skip
        url = f"http://{address}/"
        self._add("prometheus", f"metrics of all, every {scraping.SECONDS} s", url, guarded(command),
                  answers(f"{url}-/ready"))  # fmt: skip

    def _node_exporter(self, program: str) -> None:
        address = f"{HOST}:{self._ports.node_exporter}"
        command = guarded([program, f"--web.listen-address={address}"])
        url = f"http://{address}/metrics"
        self._add("node exporter", "metrics of this machine", url, command, answers(url))

    def _ready_file(self, name: str) -> Path:
        path = self._home.folder / f"{name}.ready.json"
        path.unlink(missing_ok=True)
        return path

    def _ours(
        self,
        name: str,
        does: str,
        where: str,
        arguments: Sequence[str],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._add(name, does, where, aoi_command(arguments), ready, environment)

    def _add(
        self,
        name: str,
        does: str,
        where: str,
        command: Sequence[str],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        log = self._home.fresh_log(name.replace(" ", "-"))
        self._parts.add(Part(name, does, where, Child(command, log, environment), ready))
