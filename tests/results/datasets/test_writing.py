"""Judged pictures as a data set: what `aoi train folder` reads is what people said."""

import asyncio
import csv
import hashlib
import io
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert

from aoi_modules.datasets.folder import load
from aoi_modules.errors import ResultsError
from aoi_modules.modelstore.learnt_units import ABOUT
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import keys
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.datasets.writing import TABLE, DataSet, write_dataset
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Record
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")


def picture(number: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(number).integers(0, 255, (8, 8), np.uint8)).save(file, "PNG")
    return file.getvalue()


class Line:
    """A line of 60 units with two pictures each, all judged: each third unit is cracked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures = {number: picture(number) for number in range(120)}
        self.records = [
            record(number, unit=f"SN{number // 2}", picture_sha256=hashlib.sha256(content).hexdigest())
            for number, content in self.pictures.items()
        ]

    async def fill(self, database: Database, pictures: PictureStore) -> None:
        await migrate(database)
        async with database.transaction() as connection:  # a key by which each part of the set has each class
            await connection.execute(insert(keys).values(name="split", value=bytes(range(32)).hex()))
        await store(database, self.records)
        for one, content in zip(self.records, self.pictures.values(), strict=True):
            await pictures.put(address(one.id, "png"), content)
            await judge(database, one.id, CRACK if self.is_cracked(one) else GOOD, "Ada")

    def is_cracked(self, one: Record) -> bool:
        return int(str(one.origin.unit)[2:]) % 3 == 0

    def written(self, out: Path, component: str = "tile", lost: int | None = None) -> DataSet:
        async def run() -> DataSet:
            database, pictures = Database(self.folder / "results.db"), open_store(self.folder / "pictures")
            try:
                if not (self.folder / "pictures").exists():
                    await self.fill(database, pictures)
                if lost is not None:
                    await pictures.delete([address(self.records[lost].id, "png")])
                self.key = await deal_of(database)
                return await write_dataset(database, pictures, component, out)
            finally:
                await database.close()
                await pictures.close()

        return asyncio.run(run())


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    return Line(tmp_path_factory.mktemp("line"))


def test_a_training_reads_what_people_said_and_no_unit_is_on_both_sides(line: Line, tmp_path: Path) -> None:
    about = line.written(tmp_path / "set")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "set" / TABLE).read_text())))
    assert len(rows) == 120
    by_name = {f"pictures/{one.id}.png": one for one in line.records}
    for row in rows:
        one = by_name[row["path"]]
        assert row["label"] == ("crack" if line.is_cracked(one) else "good")
        assert (row["split"], row["group"]) == (
            line.key.part_of(str(one.origin.unit)),
            line.key.group_of(str(one.origin.unit)),
        )
        assert "SN" not in row["group"]
        assert hashlib.sha256((tmp_path / "set" / row["path"]).read_bytes()).hexdigest() == one.picture.sha256
    split = load(tmp_path / "set" / TABLE)
    assert len(split.train) + len(split.validation) + len(split.test) == 120
    assert split.units is not None
    assert (split.units.key, split.units.held_out) == (line.key.name, about.held_out.sha256)
    assert split.units.groups == {row["group"] for row in rows if row["split"] != "test"}
    assert sum(about.parts["good"].values()) == 80
    assert list(about.parts) == ["good", "crack"]
    assert msgspec.json.decode((tmp_path / "set" / ABOUT).read_bytes(), type=DataSet) == about


def test_the_next_set_holds_the_same_units_out(line: Line, tmp_path: Path) -> None:
    one, other = line.written(tmp_path / "one"), line.written(tmp_path / "other")
    assert one.held_out == other.held_out
    assert (tmp_path / "one" / TABLE).read_bytes() == (tmp_path / "other" / TABLE).read_bytes()


def test_what_is_there_stays_and_nothing_is_left_of_what_failed(line: Line, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with pytest.raises(ResultsError, match="set: is there already"):
        line.written(tmp_path / "set")
    with pytest.raises(ResultsError, match="no picture of chair was judged"):
        line.written(tmp_path / "chairs", "chair")
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_picture_that_is_lost_is_named(tmp_path: Path) -> None:
    line = Line(tmp_path / "line")
    about = line.written(tmp_path / "set", lost=7)
    (why,) = about.left_out
    assert why.startswith(f"{line.records[7].id}: no picture ")
    assert len((tmp_path / "set" / TABLE).read_text().splitlines()) == 120
