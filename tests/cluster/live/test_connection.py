"""One cluster's API: objects come and go, and what goes wrong is a sentence."""

from pathlib import Path

import pytest

from aoi_modules.cluster.live.connection import MANAGER, Cluster, Refused, identity
from aoi_modules.errors import ClusterError
from aoi_modules.machine.free_ports import free_ports
from tests.cluster.live.api import Api, write_kubeconfig
from tests.cluster.live.objects import ROOM, config


def use(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))


def test_an_object_is_applied_found_changed_listed_and_deleted(api: Api, cluster: Cluster) -> None:
    cluster.apply(ROOM)
    applied = cluster.apply(config("routes", text="a"))
    assert applied["data"] == {"text": "a"}
    cluster.merge(config("routes"), {"metadata": {"labels": {"x": "y"}}})
    (found,) = cluster.listed("v1", "ConfigMap", "aoi", labels="x=y")
    assert (found["kind"], found["metadata"]["name"]) == ("ConfigMap", "routes")
    assert cluster.listed("v1", "ConfigMap", labels="x=z") == []
    assert cluster.delete(config("routes")) is True
    assert cluster.delete(config("routes")) is False
    assert cluster.found(config("routes")) is None
    assert "PATCH /api/v1/namespaces/aoi/configmaps/routes" in api.asked


def test_a_dry_run_keeps_nothing(api: Api, cluster: Cluster) -> None:
    cluster.apply(config("routes"), dry_run=True)
    assert api.names("ConfigMap") == []


def test_fields_of_somebody_else_are_refused_unless_they_are_taken_over(api: Api, cluster: Cluster) -> None:
    theirs = config("routes")
    theirs["metadata"]["annotations"] = {"written-by": "kubectl"}
    api.put(theirs)
    with pytest.raises(Refused, match='conflict with "kubectl"') as raised:
        cluster.apply(config("routes", text="a"))
    assert raised.value.code == 409
    assert cluster.apply(config("routes", text="a"), force=True)["data"] == {"text": "a"}
    assert MANAGER == "aoi-k8s"


def test_a_log_that_is_not_there_has_no_lines(api: Api, cluster: Cluster) -> None:
    api.logs["server-0", "server"] = "one\ntwo\n"
    assert cluster.log("aoi", "server-0", "server", lines=5) == ["one", "two"]
    assert cluster.log("aoi", "server-0", "other", lines=5) == []


def test_what_the_cluster_does_not_know_is_named(cluster: Cluster) -> None:
    assert cluster.version() == "v1.37.0"
    with pytest.raises(ClusterError, match=r"the cluster knows no HTTPRoute of gateway\.networking\.k8s\.io/v1"):
        cluster.kind("gateway.networking.k8s.io/v1", "HTTPRoute")
    with pytest.raises(ClusterError, match="the cluster knows no Paint of v1"):
        cluster.kind("v1", "Paint")


@pytest.mark.parametrize(
    ("status", "said", "words", "hint"),
    [
        (401, "Unauthorized", "does not know who asks: Unauthorized", "credentials that are still good"),
        (
            403,
            'services is forbidden: User "ann" cannot create',
            "does not allow this: services is",
            "ask whoever runs",
        ),
        (403, "exceeded quota: trainees", "exceeded quota: trainees", ""),
        (422, 'Invalid value: "x"', 'Invalid value: "x"', ""),
        (500, "etcd is full", "etcd is full", ""),
    ],
)
def test_what_the_api_says_is_one_sentence_with_a_way_out(
    api: Api, cluster: Cluster, status: int, said: str, words: str, hint: str
) -> None:
    cluster.kind("v1", "ConfigMap")
    api.refuse = lambda method, path: (status, said)
    with pytest.raises(Refused) as raised:
        cluster.apply(config("routes"))
    assert words in raised.value.message
    assert hint in raised.value.hint
    assert bool(hint) == bool(raised.value.hint)
    assert "\n" not in raised.value.message
    assert "secret-token" not in str(raised.value)


def test_a_cluster_that_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    use(write_kubeconfig(tmp_path / "k", f"http://127.0.0.1:{port}"), monkeypatch)
    with (
        Cluster() as cluster,
        pytest.raises(ClusterError, match=rf"the cluster test at http://127\.0\.0\.1:{port} does") as raised,
    ):
        cluster.version()
    assert "Connection refused" in raised.value.message
    assert "0x" not in raised.value.message


def test_no_kubeconfig_and_no_such_context_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(tmp_path / "none", monkeypatch)
    with pytest.raises(ClusterError, match="no cluster is known here") as raised:
        Cluster()
    assert "KUBECONFIG" in raised.value.hint
    use(write_kubeconfig(tmp_path / "k", "http://127.0.0.1:1"), monkeypatch)
    with pytest.raises(ClusterError, match=r"--context: expected one of test\. Received: 'plant'"):
        Cluster("plant")


@pytest.mark.parametrize(
    ("server", "local"),
    [
        ("https://127.0.0.1:6443", True),
        ("https://localhost:6443", True),
        ("https://192.0.2.7:6443", False),
        ("https://[2001:db8::7]:6443", False),
        ("https://api.plant.invalid", False),
    ],
)
def test_a_cluster_on_this_machine_is_known(
    server: str, local: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(write_kubeconfig(tmp_path / "k", server), monkeypatch)
    with Cluster() as cluster:
        assert cluster.local is local


def test_a_newer_version_of_an_api_has_the_same_objects() -> None:
    one = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "a", "namespace": "n"},
    }
    assert identity(one) == identity({**one, "apiVersion": "autoscaling/v1"}) == ("autoscaling", one["kind"], "n", "a")
    assert identity(ROOM) == ("", "Namespace", "", "aoi")
