"""Two buckets with what belongs into them: push and sync are really run, each wrong way has its hint."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.buckets import Goods, check_buckets
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.buckets.store import Store
from tests.seaweedfs import NEED, WEED


@pytest.fixture
def goods(task: Task) -> Goods:
    return Goods.lay(task, Random(7))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store", None) as found:
        yield found


def lines(goods: Goods, store: Store) -> dict[str, Any]:
    models = store.place(goods.models)
    return {
        "push": f"aoi registry push {goods.servable} --registry '{models}'",
        "sync": f"aoi registry sync --registry='{models}' --models {goods.served}/ --once",
        "train": f"aoi train folder '{store.place(goods.sources)}' --out build",
    }


def filled(goods: Goods, store: Store) -> None:
    for bucket in (goods.sources, goods.models):
        store.s3.create_bucket(Bucket=bucket)
    for key, path in goods.wanted.items():
        store.s3.upload_file(str(path), goods.sources, key)


def hint(goods: Goods, store: Store, given: dict[str, Any]) -> str:
    with pytest.raises(Hint) as found:
        check_buckets(goods, store, given)
    return str(found.value)


def test_a_folder_that_stands_in_is_said_and_a_second_try_is_fine(goods: Goods, store: Store) -> None:
    filled(goods, store)
    for _ in range(2):
        assert "a folder that stands in" in check_buckets(goods, store, lines(goods, store))
    versions = [key for key in store.contents(goods.models) or () if key.startswith("versions/")]
    assert versions == [f"versions/{goods.parts}/1.json"]
    assert goods.parts in (goods.served / "models.config").read_text()


@pytest.mark.parametrize("program", [pytest.param(WEED, marks=NEED)])
def test_a_real_store_gets_both(goods: Goods, program: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "real", program) as real:
        filled(goods, real)
        assert "a real S3 server" in check_buckets(goods, real, lines(goods, real))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("program", [pytest.param(WEED, marks=NEED)])
def test_a_training_reads_the_pictures_of_the_bucket(task: Task, program: Path, tmp_path: Path) -> None:
    goods = Goods.lay(task, Random(7), trains=True)
    with Store(tmp_path / "real", program) as real:
        filled(goods, real)
        given = lines(goods, real)
        given["train"] += " --profile ci --epochs 1"
        assert "a training read the pictures there" in check_buckets(goods, real, given)
        assert (goods.folder / "home" / "build" / "model.keras").is_file()
        given["train"] += " --what"
        assert "train: it ends with 2" in hint(goods, real, given)


def test_what_is_missing_in_the_buckets_is_named(goods: Goods, store: Store) -> None:
    given = lines(goods, store)
    assert f"there is no bucket {goods.sources}" in hint(goods, store, given)
    store.s3.create_bucket(Bucket=goods.sources)
    assert "6 of 6 are missing" in hint(goods, store, given)
    first = goods.files[0]
    store.s3.upload_file(str(first), goods.sources, first.name)
    assert "the key has to be LABEL/FILE" in hint(goods, store, given)
    (Path(store.place(goods.sources)) / first.name).unlink()
    for key, path in goods.wanted.items():
        store.s3.upload_file(str(path), goods.sources, key)
    assert f"there is no bucket {goods.models}" in hint(goods, store, given)
    store.s3.upload_file(str(first), goods.sources, "notes.txt")
    assert "found notes.txt, which is no picture" in hint(goods, store, given)
    (Path(store.place(goods.sources)) / "notes.txt").unlink()
    store.s3.upload_file(str(goods.files[1]), goods.sources, next(iter(goods.wanted)))
    assert "is not the picture" in hint(goods, store, given)


MISTAKES = [
    ("push", "{goods.servable}", "{goods.pictures}", "the servable's version folder"),
    ("push", "{goods.models}", "{goods.sources}", "the bucket of the pictures"),
    ("push", "--registry", "--key", "found no --registry"),
    ("push", "aoi registry push", "aoi push", "begins with aoi registry push"),
    ("sync", " --once", "", "never ends"),
    ("sync", "{goods.served}/", "/elsewhere", "the folder that the server reads"),
    ("sync", "{goods.models}", "models", "--registry: found"),
    ("sync", " --once", " --once --what", "sync: it ends with 2"),
    ("train", "{goods.sources}", "{goods.models}", "that bucket has the servables"),
    ("train", " --out build", "", "found no --out"),
    ("train", "'", "\"'", "no line that a shell could read"),
    ("train", "--out build", "--out FILL_IN", "still open"),
]


@pytest.mark.parametrize(("name", "old", "new", "words"), MISTAKES)
def test_a_wrong_line_gets_its_hint(goods: Goods, store: Store, name: str, old: str, new: str, words: str) -> None:
    filled(goods, store)
    given = lines(goods, store)
    right = given[name]
    given[name] = right.replace(old.format(goods=goods), new.format(goods=goods), 1)
    assert given[name] != right
    assert words in hint(goods, store, given)


def test_what_is_not_the_readers_to_change_is_refused(goods: Goods, store: Store) -> None:
    given = lines(goods, store)
    for found, place in ((None, store), (goods, None)):
        with pytest.raises(Hint, match="leave it as it is"):
            check_buckets(found, place, given)
    filled(goods, store)
    assert "expected the line as text" in hint(goods, store, {**given, "push": None})


def test_neighbours_have_other_buckets_and_pictures(tmp_path: Path) -> None:
    own, other = (Goods.lay(Task.of(Random(seed), tmp_path / str(seed)), Random(seed)) for seed in (1, 2))
    assert own.sources != other.sources
    assert sorted(own.pictures.rglob("*.png")) == sorted(own.files)
    again = Goods.lay(Task.of(Random(1), tmp_path / "1"), Random(3))
    assert sorted(own.pictures.rglob("*.png")) == sorted(again.files)
    assert set(own.wanted) != set(other.wanted)
