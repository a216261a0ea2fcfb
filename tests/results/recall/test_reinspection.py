"""Another version about parts that passed: what it finds, and which pictures are gone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import PictureStoreAway
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.recall.affected import Passed
from aoi_modules.results.recall.reinspection import Reinspection, reinspect
from aoi_modules.results.record import now
from aoi_modules.verdict import Verdict
from tests.results.records import record

NEWER = ModelVersion(name="tile", version=4)


def passed(number: int, content: bytes = b"good", **changes: object) -> Passed:
    sha256 = hashlib.sha256(content).hexdigest()
    return Passed(record=record(number, picture_sha256=sha256, **changes), judged=None, disposition=None)


async def ask(component: str, picture: bytes) -> Inspection:
    """A version that sees cracks."""
    verdict = Verdict.FAIL if picture == b"crack" else Verdict.PASS
    heads = tuple(
        HeadResult(
            name=name,
            kind="defect",
            label=name,
            score=0.9,
            scores=None,
            threshold=0.5,
            review_band=None,
            verdict=said,
        )
        for name, said in (("crack", verdict), ("dent", Verdict.PASS))
    )
    return Inspection(component=component, verdict=verdict, model=NEWER, heads=heads)


async def _each(parts: Sequence[Passed]) -> AsyncIterator[Passed]:
    for one in parts:
        yield one


def test_what_changes_and_what_is_gone(tmp_path: Path) -> None:
    good, cracked, lost = passed(1), passed(2, b"crack"), passed(3)
    unkept = passed(4, kept=False)
    expired = passed(5)
    picture = msgspec.structs.replace(expired.record.picture, gone=now())
    expired = msgspec.structs.replace(expired, record=msgspec.structs.replace(expired.record, picture=picture))
    damaged = passed(6)

    async def run() -> Reinspection:
        store = open_store(str(tmp_path / "pictures"))
        for one, content in ((good, b"good"), (cracked, b"crack"), (damaged, b"other")):
            await store.put(address(one.record.id, "png"), content)
        try:
            return await reinspect(_each([good, cracked, lost, unkept, expired, damaged]), store, ask)
        finally:
            await store.close()

    found = asyncio.run(run())
    assert found.asked == 2
    (changed,) = found.changed
    assert (changed.passed, changed.verdict, changed.model) == (cracked, Verdict.FAIL, NEWER)
    assert [head.name for head in changed.heads] == ["crack"]
    assert [one.passed for one in found.gone] == [lost, unkept, expired, damaged]
    words = ("no picture", "was not kept", "because of its age", "is damaged")
    assert all(word in one.why for word, one in zip(words, found.gone, strict=True))


def test_a_store_that_is_away_is_no_picture_that_is_gone(tmp_path: Path) -> None:
    one = passed(1)

    async def run() -> None:
        store = open_store(str(tmp_path / "pictures"))
        first, *_ = address(one.record.id, "png").split("/")
        (tmp_path / "pictures").mkdir(exist_ok=True)
        (tmp_path / "pictures" / first).write_text("a file where a folder should be")
        try:
            with pytest.raises(PictureStoreAway):
                await reinspect(_each([one]), store, ask)
        finally:
            await store.close()

    asyncio.run(run())
