"""Secrets that pods name are found, wherever they name them."""

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.secret_needs import missing_secrets, needed_secrets
from tests.cluster.live.api import Api
from tests.cluster.live.objects import workload
from tests.cluster.overlays import overlay


def test_volumes_variables_and_sources_name_them() -> None:
    container = {
        "name": "c",
        "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "database", "key": "url"}}}, {"name": "B"}],
        "envFrom": [{"secretRef": {"name": "keys"}}, {"configMapRef": {"name": "x"}}],
    }
    volumes = [{"name": "tls", "secret": {"secretName": "tls"}}, {"name": "tmp", "emptyDir": {}}]
    one = workload("Deployment", "server", containers=[container], volumes=volumes)
    assert needed_secrets([one]) == [("aoi", "database"), ("aoi", "keys"), ("aoi", "tls")]


def test_what_comes_from_outside_is_not_needed() -> None:
    assert needed_secrets(overlay("prod")) == []
    assert ("aoi-data", "postgresql") in needed_secrets(overlay("local"))


def test_those_that_are_there_are_not_missing(api: Api, cluster: Cluster) -> None:
    one = workload("Deployment", "server", containers=[{"name": "c", "envFrom": [{"secretRef": {"name": "keys"}}]}])
    assert missing_secrets(cluster, [one]) == ["aoi/keys"]
    api.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "namespace": "aoi"}})
    assert missing_secrets(cluster, [one]) == []
