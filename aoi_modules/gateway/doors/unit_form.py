"""The pictures of a unit as HTTP carries them: multipart/form-data, a file for each picture."""

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from aoi_modules.errors import BadParameter, NoPicture, TooLarge
from aoi_modules.gateway.doors.uploads import Upload
from aoi_modules.gateway.routes import Product, Routes
from aoi_modules.gateway.units import UnitPicture
from aoi_modules.results.record import Origin

MULTIPART = "multipart/form-data"


def plan_of(origin: Origin, routes: Routes) -> Product | None:
    """Gives the plan of the product that a request names; None if it names none.

    Raises:
        BadParameter: there is no such product.
    """
    if origin.product is None:
        return None
    if origin.product not in routes.products:
        known = ", ".join(sorted(routes.products))
        raise BadParameter("product", expected=f"one of: {known}", found=origin.product[:40])
    return routes.products[origin.product]


async def read_form(request: Request, routes: Routes, upload: Upload) -> list[UnitPicture]:
    """Receives the pictures of a unit, in the order in which they came.

    Raises:
        BadParameter: the body is no multipart form, or a part of it has no name or no file.
        NoPicture: it holds none.
        TooLarge, SlowUpload: as for a single picture, by the limits for units and for each of its pictures.
    """
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != MULTIPART:
        raise BadParameter("Content-Type", expected=f"{MULTIPART}, a file for each picture", found=kind[:80])
    body = await upload.picture()
    parser = MultiPartParser(request.headers, _once(body), max_files=routes.max_unit_pictures, max_fields=0)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise BadParameter("body", expected="a multipart form of files", found=error.message) from None
    try:
        pictures = [
            UnitPicture(name, await file.read()) for name, file in form.multi_items() if isinstance(file, UploadFile)
        ]
    finally:
        await form.close()
    if not pictures:
        raise NoPicture
    for picture in pictures:
        if len(picture.content) > routes.max_picture_bytes:
            raise TooLarge(routes.max_picture_bytes, "bytes", found=f"{picture.name}: {len(picture.content)} bytes")
    return pictures


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
