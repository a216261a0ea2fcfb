"""Which store is meant by what people write."""

from pathlib import Path

import pytest

from aoi_modules.errors import MissingExtra, ResultsError
from aoi_modules.object_store import bucket
from aoi_modules.results.pictures.opening import open_store


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("/var/lib/aoi/pictures", "/var/lib/aoi/pictures"),
        ("pictures", str(Path("pictures").absolute())),
        (Path("a b/c"), str(Path("a b/c").absolute())),
        ("s3://bucket", "s3://bucket/"),
        ("s3://bucket/", "s3://bucket/"),
        ("s3://my.bucket-1/line/3/", "s3://my.bucket-1/line/3/"),
        ("s3://bucket/line?region=eu-central-1", "s3://bucket/line/"),
        ("s3://bucket?endpoint=http://127.0.0.1:8333", "s3://bucket/ at http://127.0.0.1:8333"),
        ("s3://bucket/line?endpoint=https://s3.example.com&region=x", "s3://bucket/line/ at https://s3.example.com"),
    ],
)
def test_a_store_has_the_name_of_its_place(where: str | Path, name: str) -> None:
    assert open_store(where).name == name


@pytest.mark.parametrize(
    "where",
    ["s3://", "s3:///line", "s3://B", "s3://bucket?endpint=http://x", "s3://bucket?endpoint=", "http://bucket/line",
     "s3://bucket?endpoint=127.0.0.1:8333", "s3://bucket?endpoint=ftp://x", "ftp://x"],
)  # fmt: skip
def test_what_is_no_place_is_refused(where: str) -> None:
    with pytest.raises(ResultsError, match=r"pictures: expected"):
        open_store(where)


@pytest.mark.parametrize("where", ["s3://key:geheim@bucket/x", "s3://bucket?endpoint=http://key:geheim@127.0.0.1:1"])
def test_keys_do_not_belong_into_an_address_and_are_not_repeated(where: str) -> None:
    with pytest.raises(ResultsError) as caught:
        open_store(where)
    assert "geheim" not in str(caught.value)
    assert "keys" in caught.value.message


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"S3 needs the package boto3"):
        open_store("s3://bucket")
    assert isinstance(open_store("pictures").name, str)
