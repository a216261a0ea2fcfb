"""Programs that some tests start and that pip does not install: a database, a broker, a browser, what watches others.

A test that needs one says so: `@services.need(services.POSTGRESQL)`. In CI a missing one fails that test; elsewhere the
test is left out, and the last lines of the run name what is missing and the Debian package that has it. What Debian
does not have is left out in CI, too: to compile it there would take longer than all that it tests.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

MARKER = "services"
_ABSENT = " is missing: "


@dataclass(frozen=True)
class Service:
    """A program, or several that come together.

    Args:
        name: as people say it.
        package: of Debian that has it.
        programs: that have to be there.
        built: the command that makes it where Debian has none; empty for all others.
    """

    name: str
    package: str
    programs: Sequence[str]
    built: str = ""

    @property
    def missing(self) -> str:
        """A sentence about how to get it; empty where the service is there."""
        if all(find(program) for program in self.programs):
            return ""
        return f"{self.name}{_ABSENT}{self.built or f'apt-get install {self.package}'}"


POSTGRESQL = Service("PostgreSQL", "postgresql", ("initdb", "postgres"))
MOSQUITTO = Service("the MQTT broker mosquitto", "mosquitto", ("mosquitto",))
STRACE = Service("strace", "strace", ("strace",))
CHROMIUM = Service("the browser Chromium", "chromium", ("chromium",))
PROMETHEUS = Service("Prometheus", "prometheus", ("prometheus", "promtool"))
ALERTMANAGER = Service("Alertmanager", "prometheus-alertmanager", ("prometheus-alertmanager", "amtool"))
NODE_EXPORTER = Service("the node exporter", "prometheus-node-exporter", ("prometheus-node-exporter",))
POSTGRESQL_EXPORTER = Service(
    "the PostgreSQL exporter", "prometheus-postgres-exporter", ("prometheus-postgres-exporter",)
)
SERVICES = (
    POSTGRESQL,
    MOSQUITTO,
    STRACE,
    CHROMIUM,
    PROMETHEUS,
    ALERTMANAGER,
    NODE_EXPORTER,
    POSTGRESQL_EXPORTER,
)
"""All that Debian has; CONTRIBUTING.md lists them, and `.ci/run` installs their packages."""
VICTORIA_LOGS = Service(
    "the log store VictoriaLogs",
    "",
    ("victoria-logs",),
    "go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1",
)
GRAFANA_SCHEMA = Service(
    "Grafana's own schema of dashboards",
    "",
    ("grafana-schema",),
    "cd tests/k8s/watching/grafana_schema && go install .",
)


def need(*services: Service) -> pytest.MarkDecorator:
    """Marks what needs services."""
    return pytest.mark.services(*services)


def find(program: str) -> Path | None:
    """Where a program is: on the path, or where Debian puts what only the system calls; the newest PostgreSQL.

    That comes first, since what Debian puts on the path for it wants a package more.
    """
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    places = [*map(str, newest_first), os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"]
    found = shutil.which(program, path=os.pathsep.join(places))
    return None if found is None else Path(found).resolve()


def path_of(program: str) -> str:
    """Where a program is that has to be there, since the test is marked."""
    found = find(program)
    assert found is not None, program
    return str(found)


def check(item: pytest.Item) -> None:
    """Fails or skips a test whose services are not there."""
    needed = {service for mark in item.iter_markers(MARKER) for service in mark.args}
    missing = sorted(service.missing for service in needed if service.missing)
    if not missing:
        return
    if os.environ.get("CI") == "true" and not any(service.built and service.missing for service in needed):
        pytest.fail("; ".join(missing), pytrace=False)
    pytest.skip("; ".join(missing))


def missing_of(reasons: Sequence[str]) -> list[str]:
    """Which services are missing, by the reasons why tests were skipped; each once."""
    said = {part for reason in reasons for part in reason.removeprefix("Skipped: ").split("; ")}
    return sorted(part for part in said if _ABSENT in part)
