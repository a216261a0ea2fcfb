"""A bucket of a real S3 server: what goes wrong is one sentence. Pictures' tests try wrong keys and dead servers."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.auth
import pytest

from aoi_modules.errors import MissingExtra, RegistryAway
from aoi_modules.object_store import bucket
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.place import BucketPlace, read_place
from tests.client.certificates import certify, needs_openssl
from tests.gateway.relay import Relay
from tests.seaweedfs import NEED, SeaweedFS


def opened(url: str) -> Bucket:
    place = read_place(url, "registry", RegistryAway)
    assert isinstance(place, BucketPlace)
    return Bucket(place, what="the registry", away=RegistryAway, extra="registry")


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"(?s)S3 needs the package boto3.*aoi-academy\[registry\]"):
        opened("s3://bucket")


@NEED[0]
@NEED[1]
def test_a_clock_that_is_wrong_is_told(bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = datetime.now(UTC) - timedelta(hours=3)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: wrong.replace(tzinfo=None))
    store = opened(bucket_url)
    with pytest.raises(RegistryAway, match="refuses: the clocks differ too much"):
        store.put("a.json", b"1")
    store.close()


@NEED[0]
@NEED[1]
def test_a_connection_that_is_cut_while_an_object_comes_is_told(seaweedfs: SeaweedFS, bucket_url: str) -> None:
    store = opened(bucket_url)
    store.put("large", bytes(30_000_000))
    with Relay(int(seaweedfs.endpoint.rpartition(":")[2])) as relay:
        through = opened(bucket_url.replace(seaweedfs.endpoint, f"http://{relay.address}"))
        chunks = through.chunks("large")
        next(chunks)
        relay.cut()
        with pytest.raises(RegistryAway, match="does not answer: "):
            list(chunks)
        through.close()
    store.close()


@NEED[0]
@NEED[1]
def test_objects_say_what_kind_they_are(seaweedfs: SeaweedFS, bucket_url: str) -> None:
    store = opened(bucket_url)
    store.put("a.json", b"{}")
    client: Any = seaweedfs.client()
    place = read_place(bucket_url, "registry", RegistryAway)
    assert isinstance(place, BucketPlace)
    head = client.head_object(Bucket=place.bucket, Key=f"{place.prefix}a.json")
    assert head["ContentType"] == "application/json"
    client.close()
    store.close()


@NEED[0]
@NEED[1]
@needs_openssl
def test_tls_is_checked_by_authority_and_name(
    seaweedfs: SeaweedFS, bucket_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(url: str, authority: Path) -> bytes:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority))
        with closing(opened(url)) as store:
            store.put("a.json", b"{}")
            return store.get("a.json")

    certify(tmp_path, "other")
    secure = bucket_url.replace(seaweedfs.endpoint, seaweedfs.secure_endpoint)
    assert put(secure, seaweedfs.authority) == b"{}"
    for url, authority, said in (
        (secure, tmp_path / "other.pem", "unable to get local issuer certificate"),
        (secure.replace("127.0.0.1", "localhost"), seaweedfs.authority, "hostname 'localhost' doesn't match"),
    ):
        with pytest.raises(
            RegistryAway, match=f"^the registry s3://.*: its certificate is not trusted: {said}"
        ) as caught:
            put(url, authority)
        assert "AWS_CA_BUNDLE" in caught.value.hint
