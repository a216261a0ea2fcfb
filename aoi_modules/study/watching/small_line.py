"""The services of a line for a lesson: a registry, its sync, a model server and a gateway, each with its log."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import requests
import yaml

from aoi_modules.child_process import Child, ChildProcess, aoi_command
from aoi_modules.closing import Closing
from aoi_modules.cluster.deployment import MONITORING
from aoi_modules.errors import CourseError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push

HOST = "127.0.0.1"
WHO = "lesson 10"
SECONDS = 60.0
"""How long a gateway may take to read changed routes; it takes a tenth of one, unless the machine is very busy."""
ASK_SECONDS = 60.0
_RELOADED = 'aoi_gateway_routes_reloads_total{outcome="taken"}'


class SmallLine(Closing):
    """Starts the services in the order in which one needs the other; a context manager that ends them.

    Args:
        folder: of all that the line keeps; is made.
        versions: folders of versions, which get the next number of their model; the first of each is labelled stable.
        components: routes by component, without the address of their server.

    Attributes:
        components: routes by component; who changes them calls `change`.
        url: of the gateway.
        rest: address of the model server's metrics, `127.0.0.1:PORT`.
        logs: the services' logs by service.

    Raises:
        AoiError: a service did not start; the message holds the end of its log.
    """

    def __init__(self, folder: Path, versions: Sequence[Path], components: Mapping[str, dict[str, Any]]) -> None:
        self.folder = folder
        self.components = components
        self._routes = folder / "routes.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        _fill(folder / "registry", versions)
        sync_log = folder / "model-sync.log"
        _sync(folder, sync_log)
        with ExitStack() as stack:
            self._server = stack.enter_context(ChildProcess(_serving(folder)))
            self.grpc = f"{HOST}:{self._server.ports['grpc']}"
            self.rest = f"{HOST}:{self._server.ports['rest']}"
            self._write({})
            self._gateway = stack.enter_context(RunningGateway(self._routes, results=self.results))
            self.url = self._gateway.url
            self.logs: Mapping[str, Path] = {
                "gateway": self._gateway.process.log_file,
                "model-server": self._server.log_file,
                "model-sync": sync_log,
            }
            self._stack = stack.pop_all()

    @property
    def results(self) -> Path:
        """The folder with the gateway's database and pictures."""
        return self.folder / "results"

    @property
    def server_pid(self) -> int:
        """The process of the model server."""
        return self._server.pid

    @property
    def address(self) -> str:
        """Of the gateway, `127.0.0.1:PORT`."""
        return self.url.removeprefix("http://")

    def change(self, changed: Mapping[str, Mapping[str, Any]]) -> None:
        """Changes routes by component, back to their first form but for what is named, until the gateway has them.

        Raises:
            CourseError: it does not take them.
        """
        before = self._reloads()
        self._write(changed)
        os.kill(self._gateway.process.pid, signal.SIGHUP)  # sooner than it would look by itself
        until = time.monotonic() + SECONDS
        while self._reloads() == before:
            if time.monotonic() > until:
                raise CourseError(f"the gateway took no changed routes:\n{self._gateway.process.log_tail(3)}")
            time.sleep(0.05)

    def close(self) -> None:
        """Ends the gateway, then the server."""
        self._stack.close()

    def _reloads(self) -> float:
        page = requests.get(f"{self.url}/metrics", timeout=ASK_SECONDS).text
        found = (line.rpartition(" ")[2] for line in page.splitlines() if line.startswith(_RELOADED))
        return float(next(found, "0"))

    def _write(self, changed: Mapping[str, Mapping[str, Any]]) -> None:
        routes = {
            name: {"upstream": self.grpc, **route, **changed.get(name, {})} for name, route in self.components.items()
        }
        self._routes.write_text(yaml.safe_dump({"components": routes}, sort_keys=False), "utf-8")


def _fill(registry: Path, versions: Sequence[Path]) -> None:
    with closing(open_registry(str(registry))) as objects:
        named: set[str] = set()
        for folder in versions:
            version = push(objects, folder, who=WHO)
            name = folder.parent.name
            label(objects, name, "candidate" if name in named else "stable", version.version, who=WHO)
            named.add(name)


def _sync(folder: Path, log: Path) -> None:
    words = ["registry", "sync", "--registry", str(folder / "registry"), "--models", str(folder / "models")]
    with Child(aoi_command([*words, "--once", "--log_format=json"]), log) as child:
        if child.wait():
            raise CourseError(f"aoi registry sync failed:\n{child.log_tail()}")


def _serving(folder: Path) -> list[str]:
    monitoring = folder / "monitoring.config"
    monitoring.write_text(MONITORING, "utf-8")
    return [
        "serve", f"--host={HOST}", "--port=any", "--rest_api_port=any", "--drain_seconds=0", "--log_format=json",
        f"--model_config_file={folder / 'models' / 'models.config'}", f"--monitoring_config_file={monitoring}",
        "--allow_version_labels_for_unavailable_models=true",
    ]  # fmt: skip
