"""The review queue and judgements by HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request

from aoi_modules.gateway.doors.access.person import who_of
from aoi_modules.gateway.doors.station.bodies import read_json
from aoi_modules.results.database import reading
from aoi_modules.results.record import ID, Origin, Record, ReviewReason
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review import judgements, queue
from aoi_modules.results.review.good_example import GoodExample, example_beside
from aoi_modules.results.review.judgement import Judgement, Opinion
from aoi_modules.results.review.queue import Waiting

_Id = Annotated[str, Meta(pattern=f"^{ID.pattern}$")]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for people."""

    waiting: Sequence[Waiting]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants the next part."""

    who: str | None = None
    """Left out by whoever is signed in."""
    component: str | None = None
    """Only its parts; null for all."""
    keeps: Annotated[tuple[_Id, ...], Meta(max_length=8)] | None = None
    """Inspections that stay before them beside the next one; what they have at another desk stays theirs, too. Null:
    all that they had goes back to the others."""
    passes: Annotated[tuple[_Id, ...], Meta(max_length=200)] = ()
    """Inspections that go back to the others, and of which they want none now."""


class GoodOne(msgspec.Struct, frozen=True, kw_only=True):
    """A part that somebody judged good, to compare with."""

    inspection: str
    """Id of the inspection whose picture was judged."""
    picture: str
    """Path of that picture."""
    position: str | None
    """Of the picture on its unit; another one than that of the part where none of the same was judged."""
    who: str
    """Judged it."""
    time: datetime
    """When."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part to be judged, which is one person's alone until a moment; or nothing, where nothing waits."""

    inspection: str | None = None
    """Its id, by which it is judged."""
    picture: str | None = None
    """Path of its picture."""
    component: str | None = None
    origin: Origin = Origin()
    """Where the picture comes from."""
    reason: ReviewReason | None = None
    """Why; null where the part is judged blind."""
    blind: bool = False
    """Whether nobody tells what the model said, so that they judge by the picture alone."""
    until: datetime | None = None
    record: Record | None = None
    """What the model said; null where the part is judged blind."""
    beside: GoodOne | None = None
    """A good part to compare with; null where nobody has judged one."""


class Say(Opinion, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says about a part."""

    who: str | None = None
    """Left out by whoever is signed in."""

    def opinion(self) -> Opinion:
        """Gives it without the person."""
        return msgspec.convert(self, Opinion, from_attributes=True)


class Undo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes a judgement back."""

    who: str | None = None
    """Left out by whoever is signed in."""


class Judgements(msgspec.Struct, frozen=True, kw_only=True):
    """All that was said about a part, oldest first."""

    judgements: Sequence[Judgement]


async def waiting(recorder: Recorder) -> Queue:
    """Tells what waits."""
    return Queue(waiting=await queue.waiting(recorder.database))


async def next_part(recorder: Recorder, request: Request, timeout_ms: int) -> Part:
    """Gives a person the next part."""
    ask = await read_json(request, Ask, timeout_ms)
    database, who = recorder.database, who_of(request, ask.who)
    review = await queue.take(database, who, ask.component, keeps=ask.keeps, passes=ask.passes)
    if review is None:
        return Part()
    record = await reading.by_id(database, review.inspection)
    return Part(
        inspection=review.inspection,
        picture=f"/v1/inspections/{review.shown}/picture",
        component=record.inspection.component,
        origin=record.origin,
        reason=None if review.blind else review.reason,
        blind=review.blind,
        until=review.until,
        record=None if review.blind else record,
        beside=good_one(await example_beside(database, record)),
    )


def good_one(example: GoodExample | None) -> GoodOne | None:
    """The good part as it is told."""
    if example is None:
        return None
    picture = f"/v1/inspections/{example.inspection}/picture"
    return GoodOne(
        inspection=example.inspection, picture=picture, position=example.position, who=example.who, time=example.time
    )


async def judge(recorder: Recorder, request: Request, timeout_ms: int) -> Judgement:
    """Keeps what a person says."""
    said = await read_json(request, Say, timeout_ms)
    inspection = request.path_params["id"]
    who, told = who_of(request, said.who), recorder.told_of_disposition
    return await judgements.judge(recorder.database, inspection, said.opinion(), who, told)


async def undo(recorder: Recorder, request: Request, timeout_ms: int) -> Judgement:
    """Takes a judgement back."""
    who = who_of(request, (await read_json(request, Undo, timeout_ms)).who)
    return await judgements.undo(recorder.database, request.path_params["id"], who, recorder.told_of_disposition)


async def history(recorder: Recorder, request: Request) -> Judgements:
    """Tells what was said about an inspection."""
    inspection = request.path_params["id"]
    await reading.by_id(recorder.database, inspection)
    return Judgements(judgements=await judgements.history_of(recorder.database, inspection))
