"""What goes wrong at a camera, on purpose: files that break on their way, a lamp that dims, a lens out of focus."""

import io

from PIL import Image, ImageEnhance, ImageFilter

from aoi_modules.line.faults.kinds import Fault

DIM = 0.45
"""What is left of the light."""
BLUR = 0.02
"""Radius of what a point becomes, as a share of the picture's shorter side."""


def spoiled(picture: bytes, fault: Fault) -> bytes:
    """Gives the encoded picture with the fault: cut off, or as a PNG of the same size."""
    if fault is Fault.BROKEN:
        return picture[: len(picture) // 2]
    image = Image.open(io.BytesIO(picture))
    if fault is Fault.DARK:
        changed = ImageEnhance.Brightness(image).enhance(DIM)
    else:
        changed = image.filter(ImageFilter.GaussianBlur(max(1.0, BLUR * min(image.size))))
    file = io.BytesIO()
    changed.save(file, "PNG")
    return file.getvalue()
