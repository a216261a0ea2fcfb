"""The picture of a lesson on the index page: one of its own plots, made small."""

import base64
import io
from pathlib import Path

from aoi_modules.course.notebook.file import Notebook
from aoi_modules.course.notebook.forms import tags
from aoi_modules.machine.whole_file import write_whole

TAG = "thumbnail"
"""The tag of the cell whose picture is taken; without one it is the first picture of the lesson."""
WIDTH, HEIGHT = 352, 224
"""Pixels; twice of what the page shows, for fine screens."""


def thumbnail_path(executed: Path) -> Path:
    """Where the thumbnail of an executed notebook goes."""
    return executed.with_suffix(".webp")


def write_thumbnail(executed: Path, nb: Notebook) -> None:
    """Writes the thumbnail beside the executed notebook; none for a lesson without a picture."""
    png = picture_of(nb)
    if png is None:
        thumbnail_path(executed).unlink(missing_ok=True)
    else:
        write_whole(thumbnail_path(executed), small(png))


def picture_of(nb: Notebook) -> bytes | None:
    """The PNG that stands for a lesson, or None where it drew nothing."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    for cell in sorted(cells, key=lambda cell: TAG not in tags(cell)):  # a stable sort: the tagged one first
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                return base64.b64decode(output.data["image/png"])
    return None


def small(png: bytes) -> bytes:
    """The upper part of a picture, as WebP of at most WIDTH x HEIGHT pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        picture = Image.new("RGB", opened.size, "white")
        picture.paste(opened, mask=opened.convert("RGBA").getchannel("A"))
    scale = max(WIDTH / picture.width, HEIGHT / picture.height)
    cut = picture.crop((0, 0, min(picture.width, round(WIDTH / scale)), min(picture.height, round(HEIGHT / scale))))
    cut.thumbnail((WIDTH, HEIGHT))
    file = io.BytesIO()
    cut.save(file, "WEBP", quality=80)
    return file.getvalue()


def as_data(path: Path) -> str:
    """A thumbnail as text to set into a page; "" where there is none."""
    if not path.is_file():
        return ""
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
