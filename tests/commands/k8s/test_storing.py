"""`aoi k8s buckets`, as a Job calls it."""

import pytest

from tests.cluster.test_buckets import use
from tests.in_process import aoi
from tests.seaweedfs import NEED, SeaweedFS

pytestmark = NEED


def test_each_bucket_is_named(seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *seaweedfs.admin)
    words = ("k8s", "buckets", "--endpoint", seaweedfs.endpoint, "job-models", "job-pictures")
    assert aoi(*words).stdout == "job-models: made\njob-pictures: made\n"
    assert aoi(*words).stdout == "job-models: is there\njob-pictures: is there\n"
