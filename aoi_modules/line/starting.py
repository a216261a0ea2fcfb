"""Each part of the line as a command, in the order in which one needs the other."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aoi_modules.child_process import Child, aoi_command, guarded
from aoi_modules.cluster.deployment import MONITORING
from aoi_modules.errors import AoiError
from aoi_modules.line import scraping
from aoi_modules.line.faults import slowing
from aoi_modules.line.home import Home
from aoi_modules.line.part import Part, answers, is_there
from aoi_modules.line.parts import Parts
from aoi_modules.line.ports import HOST, Ports
from aoi_modules.line.table import place_of
from aoi_modules.log_store.shipping import Shipper
from aoi_modules.log_store.victoria import HEALTH, PAGE, LogStore
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.progress import Say
from aoi_modules.settings import child_environment

SECONDS = 2
"""Between two looks for new versions."""
SERVER = "model server"


class Starter:
    """Starts the parts of a line.

    Args:
        home: of the line.
        ports: of the line.
        database: URL of the gateways' database; None for a file of SQLite.
        parts: takes what was started.
        say: is told, from another thread, what becomes of log lines.
    """

    def __init__(self, home: Home, ports: Ports, database: str | None, parts: Parts, say: Say) -> None:
        self._home, self._ports, self._database, self._parts, self._say = home, ports, database, parts, say
        self._shipper: Shipper | None = None

    def watchers(self) -> list[str]:
        """Starts Prometheus, the node exporter and the log store; returns those that are not installed.

        The lines of what is started from here on go to the log store.
        """
        programs = {
            "prometheus": scraping.PROMETHEUS,
            "node exporter": scraping.NODE_EXPORTER,
            "log store": scraping.LOG_STORE,
        }
        found = {name: scraping.find(called) for name, called in programs.items()}
        self._parts.stage()
        if exporter := found["node exporter"]:
            self._node_exporter(exporter)
        if prometheus := found["prometheus"]:
            self._prometheus(prometheus, node_exporter=found["node exporter"] is not None)
        if log_store := found["log store"]:
            self._log_store(log_store)
        return [name for name, program in found.items() if program is None]

    def sync(self) -> None:
        """Starts the sync of the model server's folder, and waits until there is something to serve."""
        health = self._home.folder / "sync.json"
        health.unlink(missing_ok=True)
        self._parts.stage()
        arguments = [
            "registry", "sync", "--registry", str(self._home.registry), "--models", str(self._home.models),
            "--server", f"{HOST}:{self._ports.grpc}", "--every", str(SECONDS), "--health-file", str(health),
            "--log_format=json",
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
            "--log_format=json", "--log_calls=true", f"--ready_file={ready}",
        ]  # fmt: skip
        where = f"{HOST}:{self._ports.grpc}, http://{HOST}:{self._ports.rest}"
        self._ours(SERVER, "answers by gRPC and REST", where, arguments, is_there(ready))

    def gateways(self) -> None:
        """Starts both gateways, which share database and pictures."""
        if self._database is not None:
            self._migrate(self._database)
        self._parts.stage()
        for number, port in enumerate((self._ports.pages, self._ports.second), 1):
            self._gateway(f"gateway {number}", port, "operators' pages, verdicts" if number == 1 else "verdicts")

    def slow_model(self, share: float) -> None:
        """Lets the model server stand still for a share of the time; it is to be started already."""
        (server,) = [part for part in self._parts.all if part.name == SERVER]
        self._parts.stage()
        standing = share * slowing.ROUND_SECONDS
        does = f"lets the model server stand still, {standing:g} s of {slowing.ROUND_SECONDS:g} s"
        self._add("slow model", does, server.where, slowing.command(server.child.pid, share), lambda: True)

    def _gateway(self, name: str, port: int, does: str) -> None:
        results = self._home.folder / _slug(name)
        arguments = [
            "gateway", "--routes", str(self._home.routes), "--host", HOST, "--port", str(port),
            "--drain_seconds", "0", "--results", str(results), "--pictures", str(self._home.pictures),
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
        config, rules = self._home.folder / "prometheus.yml", scraping.alert_rules()
        text = scraping.text_of(self._ports, rules, node_exporter=node_exporter)
        write_whole(config, text.encode())
        address = f"{HOST}:{self._ports.prometheus}"
        command = [
            program, f"--config.file={config}", f"--storage.tsdb.path={self._home.folder / 'prometheus'}",
            f"--web.listen-address={address}", "--storage.tsdb.retention.time=7d",
        ]  # fmt: skip
        url = f"http://{address}/"
        does = f"metrics of all, every {scraping.SECONDS} s{', alerts' * bool(rules)}"
        self._add("prometheus", does, url, guarded(command), answers(f"{url}-/ready"))

    def _node_exporter(self, program: str) -> None:
        address = f"{HOST}:{self._ports.node_exporter}"
        command = guarded([program, f"--web.listen-address={address}"])
        url = f"http://{address}/metrics"
        self._add("node exporter", "metrics of this machine", url, command, answers(url))

    def _log_store(self, program: str) -> None:
        address = f"{HOST}:{self._ports.log_store}"
        command = [
            program, f"-httpListenAddr={address}", f"-storageDataPath={self._home.folder / 'log-store'}",
            "-retentionPeriod=7d", "-retention.maxDiskSpaceUsageBytes=2GiB",
        ]  # fmt: skip
        url = f"http://{address}"
        ready = answers(url + HEALTH)
        self._add("log store", "log lines of the services: aoi logs ID", url + PAGE, guarded(command), ready)
        self._parts.wait(ready, "the log store")
        self._shipper = Shipper(LogStore(url), self._say)
        self._parts.stage(self._shipper)

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
        if self._shipper is not None:
            instance = _slug(name)
            self._shipper.follow(self._home.log(instance), instance.rstrip("-0123456789"), instance)

    def _add(
        self,
        name: str,
        does: str,
        where: str,
        command: Sequence[str],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        log = self._home.fresh_log(_slug(name))
        self._parts.add(Part(name, does, where, Child(command, log, environment), ready))


def _slug(name: str) -> str:
    """The name of a part as files and log lines have it."""
    return name.replace(" ", "-")
