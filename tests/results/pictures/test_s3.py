"""A bucket of a real S3 server: wrong keys, wrong buckets, a server that dies and comes back."""

import asyncio
from urllib.parse import urlsplit

import pytest

from aoi_modules.errors import NoSuchResult, PictureStoreAway
from aoi_modules.object_store import bucket
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id
from tests.results.pictures.conftest import contents, with_store
from tests.seaweedfs import BUCKET, NEED, SeaweedFS, running_seaweedfs

pytestmark = NEED
PLACE = address(new_id(), "png")


async def every_call(store: PictureStore) -> list[str]:
    """What each of the calls says; all of them have to fail."""
    calls = [store.put(PLACE, b"picture"), store.get(PLACE), store.delete([PLACE]), store.size()]
    said = []
    for error in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(error, PictureStoreAway), error
        said.append(error.message)
    return said


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("AWS_SECRET_ACCESS_KEY", "the secret key does not belong to the access key"),
        ("AWS_ACCESS_KEY_ID", "it does not know the access key"),
    ],
)
def test_wrong_keys_are_told(bucket_url: str, monkeypatch: pytest.MonkeyPatch, variable: str, words: str) -> None:
    monkeypatch.setenv(variable, "wrong")
    for said in with_store(bucket_url, every_call):
        assert said.startswith("the picture store s3://pictures-of-tests/line-")
        assert said.endswith(f"refuses: {words}")


def test_missing_keys_are_told(bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert all(said.endswith("needs keys, and none are set") for said in with_store(bucket_url, every_call))


def test_a_missing_bucket_is_told(seaweedfs: SeaweedFS, bucket_url: str) -> None:
    async def act(store: PictureStore) -> None:
        with pytest.raises(PictureStoreAway, match="refuses: there is no such bucket"):
            await store.size()
        with pytest.raises(
            PictureStoreAway, match=r"refuses: (there is no such bucket|the access key may not do this)"
        ):
            await store.put(PLACE, b"picture")

    with_store(seaweedfs.url("nobody-made-this"), act)


def test_objects_lie_below_the_prefix_and_others_are_passed_over(seaweedfs: SeaweedFS, bucket_url: str) -> None:
    prefix = urlsplit(bucket_url).path.removeprefix("/")
    client = seaweedfs.client()
    client.put_object(Bucket=BUCKET, Key=f"{prefix}/readme.txt", Body=b"mine")
    client.put_object(Bucket=BUCKET, Key=PLACE, Body=b"of another line")

    async def act(store: PictureStore) -> dict[str, bytes]:
        with pytest.raises(NoSuchResult):
            await store.get(PLACE)
        await store.put(PLACE, b"picture")
        return await contents(store)

    assert with_store(bucket_url, act) == {PLACE: b"picture"}
    found = client.get_object(Bucket=BUCKET, Key=f"{prefix}/{PLACE}")
    with found["Body"] as body:
        assert (body.read(), found["ContentType"]) == (b"picture", "image/png")
    client.close()


def test_more_are_listed_and_deleted_than_s3_takes_at_a_time(bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "_DELETED_AT_ONCE", 7)
    places = sorted(address(new_id(), "png") for _ in range(20))

    async def act(store: PictureStore) -> None:
        await asyncio.gather(*(store.put(place, b"picture") for place in places))
        assert [kept.address async for kept in store.listed()] == places
        await store.delete(places)
        assert await store.size() == 0

    with_store(bucket_url, act)


def test_nobody_at_the_address_is_told(free_port: int, bucket_url: str) -> None:
    where = f"s3://bucket?endpoint=http://127.0.0.1:{free_port}"
    for said in with_store(where, every_call):
        assert (
            said == f"the picture store s3://bucket/ at http://127.0.0.1:{free_port} does not answer: Could not connect"
        )


@pytest.mark.slow
def test_a_server_that_dies_and_comes_back_has_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_seaweedfs() as server:
        for name, value in server.keys.items():
            monkeypatch.setenv(name, value)

        async def run() -> None:
            store = open_store(server.new_place())
            await store.put(PLACE, b"picture")
            server.kill()
            assert all("does not answer" in said for said in await every_call(store))
            server.start()
            assert await store.get(PLACE) == b"picture"
            await store.put(PLACE, b"again")
            assert await store.get(PLACE) == b"again"
            await store.close()

        asyncio.run(run())
