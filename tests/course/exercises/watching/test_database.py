"""A database's file passes when it keeps its data and no password, and a role when it only reads."""

import pytest

from aoi_modules.cluster.overlays import manifests
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.database import TABLES, check_database

RIGHT = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgresql, namespace: aoi-data}
spec:
  replicas: 1
  serviceName: postgresql
  selector:
    matchLabels: {app: postgresql}
  template:
    metadata:
      labels: {app: postgresql}
    spec:
      containers:
      - name: postgresql
        image: postgres:17.6
        env:
        - {name: POSTGRES_PASSWORD_FILE, value: /run/secrets/postgresql/password}
        - {name: PGDATA, value: /var/lib/postgresql/data/pgdata}
        volumeMounts:
        - {name: data, mountPath: /var/lib/postgresql/data}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 20Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: postgresql, namespace: aoi-data}
spec:
  clusterIP: None
  selector: {app: postgresql}
  ports:
  - {name: postgresql, port: 5432}
"""
GRANT = "grant select on judged, reviews, tallies to grafana;"


def test_a_right_file_and_a_right_role_pass() -> None:
    assert "a claim of its own" in check_database(RIGHT, GRANT)


def test_the_role_may_read_what_ours_may() -> None:
    ours = (manifests() / "base" / "watchers" / "watchers.sql").read_text()
    assert f"GRANT SELECT ON {', '.join(TABLES)} TO grafana" in ours


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("serviceName: postgresql", "serviceName: db", "serviceName: found db"),
        ("replicas: 1", "replicas: 2", "two PostgreSQL do not share data"),
        ("matchLabels: {app: postgresql}", "matchLabels: {app: db}", "does not find the pods"),
        ("storage: 20Gi", "storage: 20G", "storage: found 20G"),
        ("mountPath: /var/lib/postgresql/data}", "mountPath: /data}", "expected the claim 'data' at"),
        ("POSTGRES_PASSWORD_FILE", "POSTGRES_PASSWORD", "the password stands in the file"),
        ("POSTGRES_PASSWORD_FILE", "PASSWORD_FILE", "nothing says the password"),
        ("data/pgdata", "data", "PGDATA: expected a folder below"),
        ("  selector: {app: postgresql}", "  selector: {app: db}", "finds no pod"),
        ("port: 5432", "port: 5433", "port: found 5433"),
        ("  clusterIP: None\n", "  type: NodePort\n", "opens the database"),
        ("kind: Service\nmetadata: {name: postgresql", "kind: Service\nmetadata: {name: db", "gateways know that name"),
        ("replicas: 1", "replicas: FILL_IN", "still open"),
        ("replicas: 1", "copies: 1", "is no field that Kubernetes knows"),
    ],
)
def test_each_mistake_has_its_hint(old: str, new: str, words: str) -> None:
    assert old in RIGHT
    with pytest.raises(Hint) as caught:
        check_database(RIGHT.replace(old, new), GRANT)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (None, "expected a line of SQL"),
        ("SELECT 1", "expected GRANT"),
        ("GRANT ALL ON judged TO grafana", "more than a dashboard needs"),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO grafana", "all tables are too many"),
        ("GRANT SELECT ON judged TO grafana", "found judged"),
        ("GRANT SELECT ON judged, reviews, tallies TO gateway", "it is for gateway"),
    ],
)
def test_a_role_that_may_too_much_is_refused(grant: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_database(RIGHT, grant)
    assert words in str(caught.value)
