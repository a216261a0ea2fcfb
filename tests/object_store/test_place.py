"""Which place is meant. How pictures are placed, their own tests say at length."""

from pathlib import Path

import pytest

from aoi_modules.errors import RegistryError
from aoi_modules.object_store.place import BucketPlace, read_place


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("models", Path("models")),
        ("/srv/models", Path("/srv/models")),
        ("s3://models", BucketPlace("models")),
        ("s3://models/a/b/?region=x", BucketPlace("models", "a/b/", None, "x")),
        ("s3://models?endpoint=http://127.0.0.1:1", BucketPlace("models", "", "http://127.0.0.1:1")),
    ],
)
def test_places_are_read(where: str, place: Path | BucketPlace) -> None:
    assert read_place(where, "registry", RegistryError) == place


@pytest.mark.parametrize("where", ["http://x", "s3://", "s3://b", "s3://k:geheim@models", "s3://models?endpoint=x"])
def test_what_is_none_is_refused_in_the_words_of_who_asked(where: str) -> None:
    with pytest.raises(RegistryError, match=r"^registry: expected") as caught:
        read_place(where, "registry", RegistryError)
    assert "geheim" not in str(caught.value)
