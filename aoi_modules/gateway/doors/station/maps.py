"""Where the defect is, by HTTP: a head's map over the picture, and a good part to compare with.

Maps are not kept. The version that judged a picture is asked about it anew, so this is for people, one map at a time,
and at each model server half of the places stay with the line.
"""

import asyncio
from collections.abc import Mapping

from starlette.responses import Response

from aoi_modules.client.retries import Attempts
from aoi_modules.errors import BadParameter, NoSuchResult
from aoi_modules.gateway.doors.results_http import MEDIA_TYPES
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.shots import Shot
from aoi_modules.gateway.upstreams import Question, Reply
from aoi_modules.judging import heat
from aoi_modules.judging.inspection import HeadResult
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import Head
from aoi_modules.results.database import reading
from aoi_modules.results.record import Record
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review.good_example import good_example
from aoi_modules.verdict import SEVERITY

SECONDS = 10.0
"""That a person waits for a map."""
_KEPT = {"Cache-Control": "private, max-age=3600"}  # a version never changes what it says about a picture
_HALF = 0.5
"""Limit of a head that judges nothing."""


async def map_over_picture(recorder: Recorder, line: Line, inspection: str, given: Mapping[str, str]) -> Response:
    """Draws the map of a head over the picture of an inspection, as a PNG.

    Args:
        recorder: of the results.
        line: whose model servers are asked.
        inspection: its id.
        given: parameters of the request: `head`; without it, the head with a map that is most against the part.

    Raises:
        NoSuchResult: there is no such inspection, picture, head, map, or version any more.
        Busy: the line needs the model server.
        RpcError, WireError: the model server does not answer, or says what cannot be.
        PictureStoreAway, DatabaseAway: they do not answer.
    """
    record = await reading.by_id(recorder.database, inspection)
    picture = await recorder.picture_of(record)
    reply = await _asked_again(line, record, picture)
    head, said = _head(record, reply, given.get("head"))
    limit = _HALF if said.threshold is None else said.threshold
    if head.map is None:
        raise NoSuchResult(f"head {head.name} of {_name(record)} has no map: its model does not say where it looks")
    scores = reply.prediction.scores[map_name(head.name)][0]
    drawn = await asyncio.to_thread(heat.draw, picture, scores, head.map, limit)
    return Response(drawn, media_type="image/png", headers=_KEPT)


async def golden(recorder: Recorder, component: str, given: Mapping[str, str]) -> Response:
    """Gives the picture of a good part: the newest that people judged good and that passed, or else that failed.

    Args:
        recorder: of the results.
        component: of which.
        given: parameters of the request: `position` on the unit; without it, any.

    Raises:
        NoSuchResult: nobody judged one good whose picture is still there.
        PictureStoreAway, DatabaseAway: they do not answer.
    """
    record = await good_example(recorder.database, component, given.get("position"))
    picture = await recorder.picture_of(record)
    headers = {"X-AOI-Inspection": record.id}
    return Response(picture, media_type=MEDIA_TYPES[record.picture.kind], headers=headers)


async def _asked_again(line: Line, record: Record, picture: bytes) -> Reply:
    """What the version that judged the picture says about it now."""
    model = record.inspection.model
    if model.version is None:
        raise NoSuchResult(f"nobody knows which version of {model.name} judged the inspection {record.id}")
    question = Question(record.inspection.component, Shot(picture), Attempts(SECONDS, 0), record.inspection.request_id)
    try:
        return await line.ask_again(question, model.name, model.version)
    except BadParameter as error:  # of a picture that was judged: so the numbers beside it are missing
        raise NoSuchResult(
            f"{_name(record)} judges by numbers beside the picture, which are not kept: {error.message}"
        ) from None


def _head(record: Record, reply: Reply, name: str | None) -> tuple[Head, HeadResult]:
    """The head that is asked for, and what it said."""
    if reply.manifest is None:
        raise NoSuchResult(f"{_name(record)} carries no manifest, so nobody knows where its maps belong")
    heads = {head.name: head for head in reply.manifest.heads}
    said = {one.name: one for one in record.inspection.heads if one.name in heads}
    if name is None:
        with_map = [one for one in said.values() if heads[one.name].map is not None]
        if not with_map:
            raise NoSuchResult(f"{_name(record)} has no map: its model does not say where it looks")
        name = max(with_map, key=_severity).name
    if name not in said:
        known = ", ".join(said) or "none"
        raise NoSuchResult(f"{_name(record)} has no head {name[:40]!r}; heads that judged this picture: {known}")
    return heads[name], said[name]


def _severity(said: HeadResult) -> int:
    return -1 if said.verdict is None else SEVERITY[said.verdict]


def _name(record: Record) -> str:
    return f"{record.inspection.model.name} {record.inspection.model.version}"
