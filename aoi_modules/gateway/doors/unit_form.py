"""The pictures of a unit as HTTP carries them: multipart/form-data, a file for each picture."""

from starlette.datastructures import UploadFile
from starlette.requests import Request

from aoi_modules.errors import BadParameter, NoPicture, TooLarge
from aoi_modules.gateway.doors.forms import MULTIPART, form_of, is_form
from aoi_modules.gateway.doors.uploads import Upload, name_of
from aoi_modules.gateway.routes import Product, Routes
from aoi_modules.gateway.units import UnitPicture
from aoi_modules.results.record import Origin


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
    if not is_form(request):
        found = request.headers.get("content-type", "")[:80]
        raise BadParameter("Content-Type", expected=f"{MULTIPART}, a file for each picture", found=found)
    body = await upload.body()
    most = routes.max_unit_pictures
    async with form_of(request, body, expected="a multipart form of files", max_files=most, max_fields=0) as form:
        pictures = [
            UnitPicture(name_of("position", name), await file.read())
            for name, file in form.multi_items()
            if isinstance(file, UploadFile)
        ]
    if not pictures:
        raise NoPicture
    for picture in pictures:
        if len(picture.content) > routes.max_picture_bytes:
            raise TooLarge(routes.max_picture_bytes, "bytes", found=f"{picture.name}: {len(picture.content)} bytes")
    return pictures
