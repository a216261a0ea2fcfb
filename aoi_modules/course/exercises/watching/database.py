"""Exercise 10.8: a PostgreSQL as a StatefulSet with its Service, and the least that a reader of it may do."""

import re
from typing import Any

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import Object, objects_of, part

NAME, ROOM, ROLE = "postgresql", "aoi-data", "grafana"
DATA = "/var/lib/postgresql/data"
GIGABYTES = "20Gi"
TABLES = ("judged", "reviews", "tallies")
"""Of which the panels of `k8s/base/grafana` are made."""


def check_database(text: object, grant: object) -> str:
    """Wants a database that keeps its data and tells its password to nobody, and a role that reads.

    Raises:
        Hint: a field is missing, or allows too much.
    """
    found = objects_of(text, ("StatefulSet", "Service"))
    _check_set(found["StatefulSet"])
    _check_container(found["StatefulSet"])
    _check_service(found["Service"], found["StatefulSet"])
    _check_grant(grant)
    return "one pod with a claim of its own, a password in no file, and a Grafana that can read three tables"


def _check_set(one: Object) -> None:
    if part(one, "spec.serviceName") != NAME:
        raise Hint(f"serviceName: found {part(one, 'spec.serviceName')}, expected {NAME}: its pod's name is by it")
    if part(one, "spec.replicas") != 1:
        raise Hint("replicas: expected 1; two PostgreSQL do not share data because a file says 2")
    labels, selector = part(one, "spec.template.metadata.labels"), part(one, "spec.selector.matchLabels")
    if not isinstance(labels, dict) or not isinstance(selector, dict) or not selector.items() <= labels.items():
        raise Hint(f"the selector {selector} does not find the pods of the template, which have {labels}")
    claim = part(one, "spec.volumeClaimTemplates.0")
    if not isinstance(claim, dict):
        raise Hint("volumeClaimTemplates: found none; without a claim the data goes with the pod")
    size = part(claim, "spec.resources.requests.storage")
    if size != GIGABYTES:
        raise Hint(f"volumeClaimTemplates: storage: found {size}, expected {GIGABYTES}")
    _check_mount(one, str(part(claim, "metadata.name")))


def _check_mount(one: Object, claim: str) -> None:
    mounts = part(one, "spec.template.spec.containers.0.volumeMounts")
    by_name = {m.get("name"): m.get("mountPath") for m in mounts if isinstance(m, dict)} if mounts else {}
    if by_name.get(claim) != DATA:
        raise Hint(f"volumeMounts: expected the claim {claim!r} at {DATA}; found it at {by_name.get(claim)}")


def _check_container(one: Object) -> None:
    variables = _variables(part(one, "spec.template.spec.containers.0.env"))
    if "POSTGRES_PASSWORD" in variables and "value" in variables["POSTGRES_PASSWORD"]:
        raise Hint("POSTGRES_PASSWORD: the password stands in the file, so in git; take it from the Secret")
    place = variables.get("POSTGRES_PASSWORD_FILE", {}).get("value")
    by_secret = part(variables.get("POSTGRES_PASSWORD", {}), "valueFrom.secretKeyRef")
    if not place and not by_secret:
        raise Hint("nothing says the password: POSTGRES_PASSWORD_FILE names the file that the Secret becomes")
    folder = str(variables.get("PGDATA", {}).get("value", ""))
    if not folder.startswith(f"{DATA}/"):
        raise Hint(f"PGDATA: expected a folder below {DATA}: the claim's own may hold a lost+found, and initdb refuses")


def _variables(found: object) -> dict[str, dict[str, Any]]:
    if not isinstance(found, list):
        return {}
    return {str(one.get("name")): one for one in found if isinstance(one, dict)}


def _check_service(service: Object, one: Object) -> None:
    if part(service, "metadata.name") != NAME:
        raise Hint(f"Service: found {part(service, 'metadata.name')}, expected {NAME}: gateways know that name")
    selector, labels = part(service, "spec.selector"), part(one, "spec.template.metadata.labels")
    if not isinstance(selector, dict) or not selector.items() <= labels.items():
        raise Hint(f"Service: its selector {selector} finds no pod; the pods have {labels}")
    if part(service, "spec.ports.0.port") != 5432:
        raise Hint(f"Service: port: found {part(service, 'spec.ports.0.port')}, expected 5432")
    kind_ = part(service, "spec.type")
    if kind_ not in (None, "ClusterIP"):
        raise Hint(f"Service: type {kind_} opens the database to the outside; nobody there has business with it")


def _check_grant(grant: object) -> None:
    if not isinstance(grant, str):
        raise Hint(f"grant: found {kind(grant)}, expected a line of SQL")
    words = " ".join(grant.strip().rstrip(";").lower().split())
    found = re.fullmatch(r"grant (?P<rights>.+?) on (?P<tables>.+?) to (?P<role>\w+)", words)
    if found is None:
        raise Hint(f"grant: expected GRANT ... ON ... TO {ROLE}")
    if found["role"] != ROLE:
        raise Hint(f"grant: it is for {found['role']}, expected {ROLE}")
    if found["rights"] != "select":
        raise Hint(f"grant: {found['rights']} is more than a dashboard needs; it reads: SELECT")
    if "all tables" in found["tables"]:
        raise Hint("grant: all tables are too many: users and sessions are among them. Name the three")
    named = {name.strip() for name in found["tables"].removeprefix("table ").split(",")}
    if named != set(TABLES):
        raise Hint(f"grant: found {', '.join(sorted(named))}, expected {', '.join(TABLES)}")
