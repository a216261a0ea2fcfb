"""Secrets are made where they are missing, fit each other, and stay as they are."""

import base64
import json

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.secret_needs import missing_secrets
from aoi_modules.cluster.live.secrets import RIGHTS, make_secrets
from aoi_modules.errors import ClusterError
from tests.cluster.live.api import Api
from tests.cluster.live.objects import workload
from tests.cluster.overlays import overlay


def texts(api: Api, room: str, name: str) -> dict[str, str]:
    data = api.of("Secret", name, room)["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def test_all_that_local_needs_are_made_and_fit_each_other(api: Api, cluster: Cluster) -> None:
    made = make_secrets(cluster, overlay("local"))
    assert set(made.values()) == {True}
    assert missing_secrets(cluster, overlay("local")) == []
    owner, writer = texts(api, "aoi-data", "postgresql")["password"], texts(api, "aoi-data", "writers")["gateway"]
    place = "@postgresql.aoi-data/results"
    assert texts(api, "aoi", "database") == {"url": f"postgresql://gateway:{writer}{place}"}
    assert texts(api, "aoi", "database-owner") == {"url": f"postgresql://aoi:{owner}{place}"}
    assert owner != writer
    store = texts(api, "aoi-data", "object-store")
    identities = {one["name"]: one for one in json.loads(store["s3.json"])["identities"]}
    for who, room, name in (
        ("gateway", "aoi", "s3-gateway"), ("serving", "aoi", "s3-serving"), ("admin", "aoi-data", "s3-admin"),
        ("trainer", "jupyter", "s3-trainer"),
    ):  # fmt: skip
        keys = texts(api, room, name)
        credentials = {"accessKey": keys["AWS_ACCESS_KEY_ID"], "secretKey": keys["AWS_SECRET_ACCESS_KEY"]}
        assert identities[who]["credentials"] == [credentials]
        assert identities[who]["actions"] == list(RIGHTS[who])
    assert "\n" not in texts(api, "jupyter", "jupyter")["token"]


def test_the_gateway_has_a_certificate_and_everybody_whom_to_trust(api: Api, cluster: Cluster) -> None:
    make_secrets(cluster, overlay("local"))
    tls = api.of("Secret", "gateway-tls", "aoi")
    assert tls["type"] == "kubernetes.io/tls"
    found = texts(api, "aoi", "gateway-tls")
    assert api.of("ConfigMap", "gateway-ca", "aoi")["data"]["ca.crt"] == found["ca.crt"]
    assert "PRIVATE KEY" in found["tls.key"]


def test_who_watches_gets_a_password_of_their_own_and_whom_to_trust(api: Api, cluster: Cluster) -> None:
    make_secrets(cluster, overlay("gpu"))
    passwords = texts(api, "aoi-data", "watchers")
    assert texts(api, "monitoring", "grafana")["results"] == passwords["grafana"]
    assert texts(api, "monitoring", "postgresql-exporter") == {"password": passwords["exporter"]}
    assert len({*passwords.values(), texts(api, "aoi-data", "postgresql")["password"]}) == 3
    authorities = [api.of("ConfigMap", "gateway-ca", room)["data"] for room in ("aoi", "monitoring")]
    assert authorities[0] == authorities[1]


def test_what_is_there_stays(api: Api, cluster: Cluster) -> None:
    make_secrets(cluster, overlay("local"))
    before = {name: api.of("Secret", name)["data"] for name in api.names("Secret")}
    assert set(make_secrets(cluster, overlay("local")).values()) == {False}
    assert {name: api.of("Secret", name)["data"] for name in api.names("Secret")} == before
    del api.objects["v1", "secrets", "aoi", "database"]
    made = make_secrets(cluster, overlay("local"))
    assert [name for name, new in made.items() if new] == ["aoi/database"]
    assert api.of("Secret", "database")["data"] == before["database"], "it is derived from the password"


def test_two_trainees_have_two_tokens(api: Api, cluster: Cluster) -> None:
    objects = [trainee("jupyter-ann"), trainee("jupyter-ben")]
    assert make_secrets(cluster, objects) == {"jupyter/jupyter-ann": True, "jupyter/jupyter-ben": True}
    assert texts(api, "jupyter", "jupyter-ann") != texts(api, "jupyter", "jupyter-ben")


def trainee(name: str) -> dict[str, object]:
    one = workload("StatefulSet", name, volumes=[{"name": "token", "secret": {"secretName": name}}])
    one["metadata"]["namespace"] = "jupyter"
    return one


def test_one_of_which_nothing_is_known_is_named(cluster: Cluster) -> None:
    one = workload("Deployment", "server", volumes=[{"name": "x", "secret": {"secretName": "broker"}}])
    with pytest.raises(ClusterError, match="nothing is known here of the Secrets aoi/broker"):
        make_secrets(cluster, [one])


def test_a_source_without_its_key_is_named(api: Api, cluster: Cluster) -> None:
    api.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "postgresql", "namespace": "aoi-data"}})
    with pytest.raises(ClusterError, match="the Secret aoi-data/postgresql has no key 'password'"):
        make_secrets(cluster, overlay("local"))


def test_one_that_somebody_made_meanwhile_counts(api: Api, cluster: Cluster) -> None:
    theirs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "jupyter", "namespace": "jupyter"}}
    theirs["data"] = {"token": base64.b64encode(b"theirs").decode()}
    before = api.refuse

    def make_first(method: str, path: str) -> tuple[int, str] | None:
        if method == "POST" and path.endswith("/namespaces/jupyter/secrets"):
            api.refuse = before
            api.put(theirs)
        return None

    api.refuse = make_first
    assert make_secrets(cluster, [trainee("jupyter")]) == {"jupyter/jupyter": False}
    assert texts(api, "jupyter", "jupyter") == {"token": "theirs"}
