"""A cluster to speak with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules.cluster.live.connection import Cluster
from tests.cluster.live.api import Api, running_api


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An API server, to which KUBECONFIG leads."""
    with running_api(tmp_path) as (found, kubeconfig):
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(kubeconfig))
        yield found


@pytest.fixture
def cluster(api: Api) -> Iterator[Cluster]:
    """A connection to it."""
    with Cluster() as found:
        yield found
