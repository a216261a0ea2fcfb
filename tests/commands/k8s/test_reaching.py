"""A cluster that is not on this machine is changed only when somebody says so."""

from pathlib import Path

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.commands.k8s.reaching import Reached
from aoi_modules.errors import ClusterError
from tests.cluster.live.api import Api, write_kubeconfig


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubeconfig that leads to another machine."""
    path = write_kubeconfig(tmp_path / "kubeconfig", "https://192.0.2.7:6443")
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))


def test_one_on_this_machine_is_changed_at_once(api: Api) -> None:
    with Reached(None).open_to_change("apply local") as cluster:
        assert cluster.version() == "v1.37.0"


@pytest.mark.usefixtures("far")
def test_another_one_is_not_changed_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ClusterError, match=r"apply local in the cluster test at https://192\.0\.2\.7:6443") as raised:
        Reached(None).open_to_change("apply local")
    assert raised.value.hint == "--context test, or --yes"


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("reached", [Reached("test"), Reached(None, yes=True)])
def test_it_is_changed_where_its_name_or_yes_was_said(reached: Reached) -> None:
    with reached.open_to_change("apply local") as cluster:
        assert isinstance(cluster, Cluster)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize(("answer", "changed"), [("y\n", True), ("n\n", False)])
def test_who_can_be_asked_is_asked(answer: str, changed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda question, err: answer == "y\n")
    if changed:
        Reached(None).open_to_change("apply local").close()
        return
    with pytest.raises(ClusterError, match="nothing was changed"):
        Reached(None).open_to_change("apply local")


@pytest.mark.usefixtures("far")
def test_to_look_nobody_is_asked() -> None:
    Reached(None).open().close()
