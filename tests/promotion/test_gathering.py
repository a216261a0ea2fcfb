"""What the line knows that neither version learnt from, with the pictures on this machine."""

import asyncio
import hashlib
from pathlib import Path

from aoi_modules.judging.limits import HeadLimits
from aoi_modules.promotion.gathering import Evidence, gather
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.promotion.lines import contender
from tests.results.evidence.lines import CRACK
from tests.results.records import record

PICTURE = b"picture"


def test_what_neither_learnt_from_comes_with_its_picture(tmp_path: Path) -> None:
    async def run() -> Evidence:
        database, pictures = Database(tmp_path / "results.sqlite"), open_store(str(tmp_path / "pictures"))
        await migrate(database)
        deal = await deal_of(database)
        sha256 = hashlib.sha256(PICTURE).hexdigest()
        records = [
            record(number, verdict=Verdict.FAIL, review="failed", chance=1.0, unit=f"SN{number}", picture_sha256=sha256)
            for number in range(12)
        ]
        await store(database, records)
        for number, one in enumerate(records):
            await judge(database, one.id, CRACK, "Ada")
            if number != 1:  # whose picture never came
                await pictures.put(address(one.id, "png"), PICTURE)
        place = Place(component="tile", model="tile", version=4, head="defect")
        await set_limits(database, place, HeadLimits(threshold=0.7), who="Ada", why="as it learnt", seen=0)
        learnt = contender(4, key=None)
        units = contender(4, key=deal.name).units
        assert units is not None
        packed = type(units).of(deal.name, learnt=[deal.group_of("SN0"), deal.group_of("SN2")], held_out=())
        versions = [contender(3, key=None), type(learnt)(model=learnt.model, units=packed)]
        found = await gather(database, pictures, "tile", versions, 100, tmp_path / "made")
        held_out = {deal.group_of(f"SN{number}") for number in range(12) if deal.part_of(f"SN{number}") == "test"}
        assert found.held_out == held_out
        assert found.key == deal.name
        await database.close()
        await pictures.close()
        return found

    found = asyncio.run(run())
    units = [part.shown.origin.unit for part in found.parts]
    assert units == [f"SN{number}" for number in range(11, 2, -1)]
    assert (found.left_out, found.gone) == (2, 1)
    assert [file.read_bytes() for file in found.files] == [PICTURE] * 9
    assert found.limits[4]["defect"].threshold == 0.7
    assert set(found.limits) == {4}
    assert [stratum.population for stratum in found.line.values()] == [12]
