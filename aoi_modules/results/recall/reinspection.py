"""What another version says about parts that passed: about their kept pictures, without any trace in the records."""

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from aoi_modules.errors import PictureStoreAway, ResultsError
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.results.pictures.lookup import picture_of
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.recall.affected import Passed
from aoi_modules.verdict import Verdict

Ask = Callable[[str, bytes], Awaitable[Inspection]]
"""Asks about a picture of a component."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A part about which the other version says something else."""

    passed: Passed
    verdict: Verdict
    """Of the other version."""
    model: ModelVersion
    """Which that is."""
    heads: tuple[HeadResult, ...]
    """Those that do not let it pass."""


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A part of which nothing is known any more."""

    passed: Passed
    why: str


class Reinspection(msgspec.Struct, frozen=True, kw_only=True):
    """What came out."""

    asked: int
    """Pictures that the other version looked at."""
    changed: tuple[Changed, ...]
    gone: tuple[Gone, ...]
    """Pictures that are not there, or damaged: nobody can ask about these."""


async def reinspect(
    parts: AsyncIterator[Passed], store: PictureStore, ask: Ask, advance: Callable[[int], object] = lambda number: None
) -> Reinspection:
    """Asks about one picture after the other. Nothing is recorded, so no figure of quality knows of it.

    Args:
        parts: see `affected`.
        store: of the pictures.
        ask: another version.
        advance: is told of each part.

    Raises:
        PictureStoreAway, DatabaseAway: they do not answer.
        AoiError: the version does not answer.
    """
    asked = 0
    changed: list[Changed] = []
    gone: list[Gone] = []
    async for passed in parts:
        advance(1)
        try:
            picture = await picture_of(store, passed.record)
        except PictureStoreAway:
            raise
        except ResultsError as error:
            gone.append(Gone(passed=passed, why=error.message))
            continue
        found = await ask(passed.record.inspection.component, picture)
        asked += 1
        if found.verdict is not passed.record.inspection.verdict:
            heads = tuple(head for head in found.heads if head.verdict not in (None, Verdict.PASS))
            changed.append(Changed(passed=passed, verdict=found.verdict, model=found.model, heads=heads))
    return Reinspection(asked=asked, changed=tuple(changed), gone=tuple(gone))
