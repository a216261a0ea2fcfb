"""`aoi results dataset`, as a user calls it."""

import hashlib
import json
from pathlib import Path

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from tests.commands.results.lines import Kept
from tests.results.records import record


def test_judged_parts_become_a_data_set(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "set"
    none = kept.aoi("dataset", "tile", "--out", out)
    assert (none.returncode, "no picture of tile was judged" in none.stderr) == (1, True)

    async def judged(database: Database, pictures: PictureStore) -> None:
        one = record(id=new_id(), picture_sha256=hashlib.sha256(b"picture").hexdigest())
        await store(database, [one])
        await pictures.put(address(one.id, "png"), b"picture")
        await judge(database, one.id, Opinion(verdict="defect", defect="crack"), "Ada")

    kept.use(judged)
    done = kept.aoi("dataset", "tile", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "crack: " in done.stdout
    assert f"next: aoi train folder {out}/parts.csv" in done.stdout
    as_json = kept.aoi("dataset", "tile", "--out", tmp_path / "other", "--json")
    assert json.loads(as_json.stdout)["component"] == "tile"
