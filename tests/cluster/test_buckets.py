"""Buckets are made where they are missing, in a real store."""

import os

import pytest

from aoi_modules.cluster.buckets import make_buckets
from aoi_modules.errors import ClusterError
from aoi_modules.machine.free_ports import free_ports
from tests.seaweedfs import NEED, SeaweedFS

pytestmark = NEED


def use(monkeypatch: pytest.MonkeyPatch, key: str, secret: str) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    for name, value in {**keys, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)


def test_missing_ones_are_made_once(seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *seaweedfs.admin)
    assert make_buckets(seaweedfs.endpoint, ["line-models", "line-pictures"]) == ["line-models", "line-pictures"]
    assert make_buckets(seaweedfs.endpoint, ["line-models", "line-sources"]) == ["line-sources"]


def test_a_key_that_may_not_is_told(seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, seaweedfs.key, seaweedfs.secret)
    with pytest.raises(ClusterError, match="makes no bucket: AccessDenied"):
        make_buckets(seaweedfs.endpoint, ["forbidden"])


def test_a_store_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "key", "secret")
    (port,) = free_ports(1)
    with pytest.raises(ClusterError, match=rf"the store http://127\.0\.0\.1:{port} does not answer"):
        make_buckets(f"http://127.0.0.1:{port}", ["models"])
