"""The page of one inspection, where a part is judged later, too, as a customer's return."""

from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.pages.parts.review import names_by_component
from aoi_modules.gateway.doors.pages.parts.thumbnails import SIDES
from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.gateway.doors.shared import gateway_of, line_of, read
from aoi_modules.gateway.doors.station.reviews import good_one
from aoi_modules.gateway.doors.whole_numbers import whole_number
from aoi_modules.results.database import reading
from aoi_modules.results.record import Record
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review import judgements
from aoi_modules.results.review.good_example import example_beside
from aoi_modules.results.review.judgement import in_force

_KEPT = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


async def get_inspection_page(request: Request) -> Response:
    """GET /inspections/{id}: what is known of one inspection, and a place to judge it."""

    async def gather(recorder: Recorder) -> Values:
        record = await reading.by_id(recorder.database, request.path_params["id"])
        history = await judgements.history_of(recorder.database, record.shadows or record.repeats or record.id)
        names = await names_by_component(recorder, line_of(request))
        return {
            "record": record,
            "picture": is_there(record),
            "history": history[::-1],
            "undone": {one.undoes for one in history},
            "in_force": in_force(history),
            "beside": good_one(await example_beside(recorder.database, record)),
            "names": names.get(record.inspection.component, []),
        }

    return await shown(request, "inspection.html.j2", gather)


async def get_thumbnail(request: Request) -> Response:
    """GET /inspections/{id}/thumbnail/{side}: a small copy of its picture."""

    async def ask(recorder: Recorder) -> Response:
        side = whole_number("side", request.path_params["side"], max(SIDES))
        record = await reading.by_id(recorder.database, request.path_params["id"])
        copy = await gateway_of(request).thumbnails.of(record, side, recorder.picture_of)
        return Response(copy, media_type="image/jpeg", headers=_KEPT)

    return await read(request, ask, flush=False)


def is_there(record: Record) -> bool:
    """Whether the picture was kept, and is not gone."""
    return record.picture.kept and record.picture.gone is None
