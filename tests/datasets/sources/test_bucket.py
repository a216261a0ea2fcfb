"""Pictures of a real bucket come once, and what goes wrong is one sentence."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aoi_modules.datasets.sources import bucket
from aoi_modules.datasets.sources.bucket import bring, is_address
from aoi_modules.errors import DataError, MissingExtra
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.interface import Entry
from aoi_modules.object_store.place import BucketPlace, read_place
from tests.datasets.small_parts import picture
from tests.disks import small_disk
from tests.gateway.relay import Relay
from tests.seaweedfs import NEED, SeaweedFS

PICTURES = {f"{label}/line 2/{number}.png": picture(number) for number in range(3) for label in ("good", "bad")}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each object was asked for."""
    counted: Counter[str] = Counter()
    chunks = Bucket.chunks

    def counting(self: Bucket, key: str) -> Iterator[bytes]:
        counted[key] += 1
        return chunks(self, key)

    monkeypatch.setattr(Bucket, "chunks", counting)
    monkeypatch.setattr(bucket, "PAUSE_SECONDS", 0.0)
    return counted


def store(url: str) -> Bucket:
    place = read_place(url, "pictures", DataError)
    assert isinstance(place, BucketPlace)
    return Bucket(place, what="the bucket", away=DataError, extra="registry")


def filled(url: str) -> Bucket:
    objects = store(url)
    for key, content in PICTURES.items():
        objects.put(key, content)
    return objects


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_address_is_no_folder(tmp_path: Path) -> None:
    assert is_address("s3://pictures/a")
    assert not is_address("pictures/a")
    for wrong in ("http://127.0.0.1/pictures", "s3://B/x", "s3://bucket/x?keys=1"):
        with pytest.raises(DataError, match="directory: expected a folder, or s3://BUCKET/PREFIX"):
            bring(wrong, tmp_path)


def test_without_boto3_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aoi_modules.object_store.bucket.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"(?s)S3 needs the package boto3.*\[registry\]"):
        bring("s3://pictures/a", tmp_path)


@NEED[0]
@NEED[1]
def test_pictures_come_once_and_what_changed_comes_again(bucket_url: str, tmp_path: Path, asked: Counter[str]) -> None:
    objects = filled(bucket_url)
    objects.put("good/", b"")  # as consoles of buckets show a folder
    brought = bring(bucket_url, tmp_path)
    assert (brought.address, brought.objects, brought.asked) == (bucket_url, 6, 6)
    assert brought.folder.name == bucket_url.partition("?")[0].rpartition("/")[2]
    assert contents(brought.folder) == PICTURES
    assert bring(bucket_url, tmp_path).asked == 0
    assert {*asked.values()} == {1}
    objects.put("good/line 2/0.png", PICTURES["good/line 2/0.png"][:-1] + b"x")  # the same size, and another content
    objects.delete(["bad/line 2/1.png", "bad/line 2/2.png", "bad/line 2/0.png"])
    (brought.folder / "good" / "line 2" / "1.png").write_bytes(PICTURES["good/line 2/1.png"])  # somebody was here
    (brought.folder / "good" / "line 2" / "2.png").unlink()
    again = bring(bucket_url, tmp_path)
    assert (again.objects, again.asked) == (3, 3)
    assert not (brought.folder / "bad").exists()
    assert contents(brought.folder)["good/line 2/0.png"].endswith(b"x")
    objects.close()


@NEED[0]
@NEED[1]
def test_a_cut_connection_costs_what_was_on_its_way(
    seaweedfs: SeaweedFS, bucket_url: str, tmp_path: Path, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = filled(bucket_url)
    objects.put("good/large.png", bytes(30_000_000))
    port = int(seaweedfs.endpoint.rpartition(":")[2])
    with Relay(port) as relay:
        through = bucket_url.replace(seaweedfs.endpoint, f"http://{relay.address}")
        counting = Bucket.chunks

        def cutting(self: Bucket, key: str) -> Iterator[bytes]:
            for number, chunk in enumerate(counting(self, key)):
                if key == "good/large.png" and number == 3:
                    relay.cut()
                yield chunk

        monkeypatch.setattr(Bucket, "chunks", cutting)
        with pytest.raises(DataError, match=r"does not answer: .*; \d of 7 objects are here") as caught:
            bring(through, tmp_path)
    assert "it asks for the others alone" in caught.value.hint
    here = int(str(caught.value).partition(" of 7 objects")[0].rpartition(" ")[2])
    monkeypatch.setattr(Bucket, "chunks", counting)
    asked.clear()
    with Relay(port, port=relay.port):
        brought = bring(through, tmp_path)
    assert (brought.objects, brought.asked) == (7, 7 - here)
    assert sum(asked.values()) == 7 - here
    assert contents(brought.folder) == {**PICTURES, "good/large.png": bytes(30_000_000)}
    objects.close()


@NEED[0]
@NEED[1]
def test_an_object_that_fails_once_is_asked_for_again(
    bucket_url: str, tmp_path: Path, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = filled(bucket_url)
    counting = Bucket.chunks

    def failing(self: Bucket, key: str) -> Iterator[bytes]:
        pieces = counting(self, key)
        if key.startswith("good") and asked[key] == 1:
            raise DataError("the bucket does not answer: reset")
        return pieces

    monkeypatch.setattr(Bucket, "chunks", failing)
    assert contents(bring(bucket_url, tmp_path).folder) == PICTURES
    assert asked == {key: 2 if key.startswith("good") else 1 for key in PICTURES}
    objects.close()


@NEED[0]
@NEED[1]
def test_a_kill_leaves_a_list_that_is_read_on(bucket_url: str, tmp_path: Path, asked: Counter[str]) -> None:
    objects = filled(bucket_url)
    folder = bring(bucket_url, tmp_path).folder
    notes = folder.parent / "came.jsonl"
    lines = [line for line in notes.read_bytes().split(b"\n") if line]
    notes.write_bytes(b"\n".join(lines[:-1]) + b"\n" + lines[-1][:-9])  # it was killed in the last line
    (folder.parent / "coming" / "half").write_bytes(b"half")
    asked.clear()
    assert bring(bucket_url, tmp_path).asked == 1
    assert bring(bucket_url, tmp_path).asked == 0
    assert sum(asked.values()) == 1
    assert not any((folder.parent / "coming").iterdir())
    objects.close()


@NEED[0]
@NEED[1]
@pytest.mark.parametrize("key", ["good/a\nb.png", "good/line 2/0.png/1.png"])
def test_a_name_that_no_file_can_have_is_refused(bucket_url: str, tmp_path: Path, key: str) -> None:
    objects = filled(bucket_url)
    objects.put(key, b"x")
    with pytest.raises(DataError, match=r"no name that a file of a folder can have|no folder can hold both"):
        bring(bucket_url, tmp_path)
    objects.close()


@pytest.mark.parametrize("key", ["../../../stolen.png", "/etc/stolen.png", "a/../../b.png"])
def test_no_object_gets_out_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    # few servers keep such a name, but a stranger's may list it
    monkeypatch.setattr(Bucket, "listed", lambda self, prefix: iter([Entry(key, 1, datetime.now(UTC), "tag")]))
    monkeypatch.setattr(Bucket, "chunks", lambda self, key: pytest.fail("nothing is asked for"))
    with pytest.raises(DataError, match="no name that a file of a folder can have"):
        bring("s3://pictures/parts", tmp_path)


@NEED[0]
@NEED[1]
def test_what_goes_wrong_is_one_sentence(
    seaweedfs: SeaweedFS, bucket_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=r"expected pictures as CLASS/NAME\.png\. Received: no object below this"):
        bring(bucket_url, tmp_path)
    with pytest.raises(DataError, match=r"the bucket s3://nobody-made-this/.* refuses: "):
        bring(seaweedfs.url("nobody-made-this"), tmp_path)
    filled(bucket_url).close()
    with small_disk(tmp_path / "disk", "1m") as disk:
        objects = store(bucket_url)
        objects.put("good/large.png", bytes(3_000_000))
        objects.close()
        with pytest.raises(DataError, match=r"no room for the pictures of s3://.*: 3\.0 MB needed"):
            bring(bucket_url, disk)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(DataError, match="refuses: the secret key does not belong to the access key"):
        bring(bucket_url, tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(DataError, match="needs keys, and none are set"):
        bring(bucket_url, tmp_path)
