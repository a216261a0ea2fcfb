"""A whole line that Prometheus watches: database, model servers, a gateway under load, and ways to break each of them.

Rules and configurations are those that are shipped, with all durations shorter by `FACTOR`.
"""

import io
import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import requests
import yaml
from PIL import Image

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.modelstore.reference import Reference
from aoi_modules.pictures.quality import measure_file
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_lamp
from tests.disks import small_disk
from tests.documents import ROOT
from tests.k8s.watching.programs import Alertmanager, Program, Prometheus, Receiver
from tests.k8s.watching.rule_files import ALERTMANAGER, rule_files, shortened
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated

FACTOR = 40
"""By which all durations of the shipped rules and configurations are shorter here."""
COMPONENTS = ("normal", "doubtful", "broken", "dim", "canaried", "slow", "checked")
DISK, LEFT = "400m", 36 * 2**20
"""Size of the gateway's disk, and what is left of it when it is nearly full."""
_TIMES = frozenset({"for", "scrape_interval", "scrape_timeout", "evaluation_interval", "refresh_interval",
                    "group_wait", "group_interval", "repeat_interval"})  # fmt: skip


def picture(level: float, seed: int = 0, size: int = 16) -> bytes:
    """A gray picture with some grain, as PNG; its level is 0 to 1."""
    grain = np.random.default_rng(seed).normal(0, 6, (size, size))
    file = io.BytesIO()
    Image.fromarray(np.clip(level * 255 + grain, 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


class Camera(threading.Thread):
    """Sends pictures of a component again and again, whatever becomes of them."""

    def __init__(self, line: "WatchedLine", component: str) -> None:
        super().__init__(daemon=True)
        self._line, self._component = line, component
        self.stopped = threading.Event()

    def run(self) -> None:
        session = _session()
        for number in itertools.count():
            if self.stopped.wait(0.12):
                return
            content = self._line.view(self._component, number)
            about = {"unit": f"{self._component}-{random.random()}", "position": "top"}
            try:
                session.post(
                    f"{self._line.gateway_url}/v1/inspect/{self._component}", content, params=about, timeout=10
                )
            except requests.RequestException:
                session = _session()


def _session() -> requests.Session:
    """One that asks no environment for a proxy: pytest changes it between tests, while cameras go on."""
    session = requests.Session()
    session.trust_env = False
    return session


class WatchedLine:
    """The line and those who watch it. Faults are broken in by `break_in`, and mended by `mend`.

    Args:
        folder: of all files.
        database: a server that may be stopped.
    """

    def __init__(self, folder: Path, database: PostgreSQL) -> None:
        self.folder, self.database = folder, database
        self.faulty = False
        self._opened = ExitStack()
        try:
            self._open()
        except BaseException:
            self._opened.close()
            raise

    def _open(self) -> None:
        enter = self._opened.enter_context
        good = Reference.of([measure_file(picture(0.25 + seed % 10 / 100, seed)) for seed in range(60)])
        lamp = write_lamp(self.folder / "models", good)
        monitoring = self.folder / "monitoring.config"
        monitoring.write_text("prometheus_config { enable: true }")
        flags = [f"--monitoring_config_file={monitoring}"]
        self.server = enter(EmbeddedServer({"lamp": lamp}, flags=flags))
        self.slow_server = enter(EmbeddedServer({"slow": lamp}, flags=flags))
        self.disk = enter(small_disk(self.folder / "disk", DISK))
        self.pictures = self.folder / "pictures"
        (self.folder / "secret").write_text("a secret of this test, longer than it has to be")
        self.url = migrated(self.database.new_database())
        (self._gateway_port, self._sink_port) = free_ports(2)
        self.gateway_url = f"http://127.0.0.1:{self._gateway_port}"
        self._sink = Receiver(self._sink_port)
        self.write_routes()
        self.start_gateway()
        self._opened.callback(lambda: self._sink.close())
        self._opened.callback(lambda: self.gateway.close())
        self.receiver = enter(Receiver())
        self._machine()
        self.node = enter(
            Program(self.folder, "/", lambda at: ["prometheus-node-exporter", f"--web.listen-address={at}"])
        )
        self.odd_node = enter(Program(self.folder, "/", self._odd_node))
        self.exporter = enter(Program(self.folder, "/", _postgresql_exporter, self._exporter_environment()))
        self.alertmanager = enter(Alertmanager(self.folder, self._alerting()))
        self.prometheus = enter(Prometheus(self.folder, self._watching()))
        self._cameras = [Camera(self, component) for component in COMPONENTS]
        self._burst: list[Camera] = []
        for camera in self._cameras:
            camera.start()
        self._opened.callback(self._stop_cameras)

    def view(self, component: str, number: int) -> bytes:
        """What a camera sees: parts that are well, or what the fault makes of them."""
        if component == "broken" and self.faulty:
            return b"no picture"
        if component == "doubtful" and self.faulty:
            return picture(0.488, number)
        if component == "dim" and self.faulty:
            return picture(0.17, number)
        if component == "normal":  # large ones, by which a spool grows
            return picture(0.3, number, 480)
        return picture(0.3, number)

    def break_in(self) -> None:
        """All faults at once that leave gateway and model servers up."""
        self.faulty = True
        self.write_routes(canary="nowhere", checked=True)
        self._sink.close()
        self.database.stop()
        self.pictures.rename(self.folder / "pictures.away")
        self.pictures.write_text("a file where the folder was")
        self._filler = self.disk / "filler"
        room = os.statvfs(self.disk)
        self._filler.write_bytes(bytes(room.f_bavail * room.f_frsize - LEFT))
        self.node.kill()
        self._machine(free=0.01)
        self._burst = [Camera(self, "slow") for _ in range(4)]
        for camera in self._burst:
            camera.start()
        threading.Thread(target=self._stutter, daemon=True).start()

    def mend(self) -> None:
        """Mends all of them."""
        self.faulty = False
        for camera in self._burst:
            camera.stopped.set()
        self._filler.unlink()
        self.pictures.unlink()
        (self.folder / "pictures.away").rename(self.pictures)
        self.database.start()
        self.node.start()
        self._machine()
        self._sink = Receiver(self._sink_port)
        self.write_routes()

    def write_routes(self, *, canary: str | None = None, checked: bool = False) -> None:
        """Writes the routes, which the gateway reads when they have changed; a canary is a model of that name."""
        route: dict[str, Any] = {"model": "lamp", "upstream": self.server.grpc, "timeout_ms": 5000, "store": "all"}
        components = {name: dict(route) for name in COMPONENTS}
        components["doubtful"]["shadow"] = {"version": 1}
        if canary is not None:
            components["canaried"]["canary"] = {"model": canary, "share": 1}
        slow = {"model": "slow", "upstream": self.slow_server.grpc, "timeout_ms": 800}
        components["slow"] |= {**slow, "max_in_flight": 2, "max_waiting": 0}
        sink = {"webhook": f"http://127.0.0.1:{self._sink_port}/", "secret_file": str(self.folder / "secret")}
        routes: dict[str, Any] = {"components": components, "sinks": {"quality": sink}}
        if checked:
            routes["checks"] = {"checked": {"golden": str(self.folder), "every_hours": 8}}
        (self.folder / "routes.yaml").write_text(yaml.safe_dump(routes))

    def start_gateway(self) -> None:
        """Starts the gateway, always on the same port."""
        self.gateway = RunningGateway(
            self.folder / "routes.yaml", results=self.disk / "results", database=self.url, pictures=str(self.pictures),
            arguments=["--port", str(self._gateway_port)],
        )  # fmt: skip

    def restart_gateway(self) -> None:
        """Starts another gateway in the place of one that was killed."""
        self.gateway.close()
        self.start_gateway()

    def close(self) -> None:
        """Stops everything."""
        self._opened.close()

    def _stop_cameras(self) -> None:
        for camera in [*self._cameras, *self._burst]:
            camera.stopped.set()
        for camera in [*self._cameras, *self._burst]:
            camera.join()

    def _stutter(self) -> None:
        """A model server that stands still again and again is slow for all who ask it."""
        try:
            while self.faulty:
                os.kill(self.slow_server.pid, signal.SIGSTOP)
                time.sleep(2)
                os.kill(self.slow_server.pid, signal.SIGCONT)
                time.sleep(0.5)
        finally:
            os.kill(self.slow_server.pid, signal.SIGCONT)

    def _machine(self, free: float = 0.5) -> None:
        """What a system would say whose one disk is the gateway's, and of which so much memory is free."""
        (self.folder / "proc" / "1").mkdir(parents=True, exist_ok=True)
        total = 8 * 2**20
        words = f"MemTotal: {total} kB\nMemAvailable: {int(total * free)} kB\n"
        (self.folder / "proc" / "meminfo").write_text(words)
        (self.folder / "proc" / "1" / "mounts").write_text(f"/dev/sda1 {self.disk} ext4 rw 0 0\n")

    def _odd_node(self, address: str) -> list[str]:
        collectors = ["--collector.disable-defaults", "--collector.meminfo", "--collector.filesystem"]
        places = [f"--path.procfs={self.folder / 'proc'}", "--collector.filesystem.mount-points-exclude=^/none$"]
        return ["prometheus-node-exporter", *collectors, *places, f"--web.listen-address={address}"]

    def _exporter_environment(self) -> dict[str, str]:
        return {**os.environ, "DATA_SOURCE_NAME": f"{self.database.url('postgres')}?sslmode=disable"}

    def _watching(self) -> dict[str, Any]:
        """The configuration for one machine, with the addresses and durations of this test."""
        said = _quicker(yaml.safe_load((ROOT / "docker" / "prometheus.yaml").read_text()))
        targets: Mapping[str, list[str]] = {
            "gateway": [self.gateway_url.removeprefix("http://")],
            "model-server": [one.rest.removeprefix("http://") for one in (self.server, self.slow_server)],
            "postgresql": [self.exporter.address],
            "node": [self.node.address, self.odd_node.address],
            "alertmanager": [self.alertmanager.address],
        }
        jobs = [job for job in said["scrape_configs"] if job["job_name"] in targets]
        for job in jobs:
            job["static_configs"] = [{"targets": targets[job["job_name"]]}]
        said["global"]["scrape_timeout"] = said["global"]["scrape_interval"]
        alerting = {"alertmanagers": [{"static_configs": [{"targets": targets["alertmanager"]}]}]}
        return {**said, "scrape_configs": jobs, "alerting": alerting, "rule_files": list(self._rules())}

    def _rules(self) -> Iterator[str]:
        for path in rule_files():
            content = _quicker(yaml.safe_load(path.read_text()))
            for rule in (rule for group in content["groups"] for rule in group["rules"]):
                rule["expr"] = shortened(rule["expr"], FACTOR)
            copy = self.folder / path.name
            copy.write_text(yaml.safe_dump(content))
            yield str(copy)

    def _alerting(self) -> dict[str, Any]:
        """Who is told: those of the shipped file, by the webhook of this test."""
        said: dict[str, Any] = _quicker(yaml.safe_load(ALERTMANAGER.read_text()))
        said["receivers"][0]["webhook_configs"] = [{"url": self.receiver.url}]
        return said


def _postgresql_exporter(address: str) -> list[str]:
    return ["prometheus-postgres-exporter", f"--web.listen-address={address}"]


def _quicker(said: Any) -> Any:
    """A configuration with shorter durations."""
    if isinstance(said, dict):
        return {
            key: shortened(value, FACTOR) if key in _TIMES and isinstance(value, str) else _quicker(value)
            for key, value in said.items()
        }
    return [_quicker(one) for one in said] if isinstance(said, list) else said
