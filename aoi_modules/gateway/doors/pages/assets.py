"""Files that pages load: style sheet, scripts and icon, by an address that changes with their content.

So a browser keeps them for good, and never shows a new page with an old script.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response

from aoi_modules.errors import NoSuchResult

FOLDER = Path(__file__).with_name("static")
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"


def address_of(name: str) -> str:
    """The path of a file, by its name in `static/`."""
    if name not in _files():
        raise KeyError(name)
    return f"/static/{digest()}/{name}"


def file(wanted: str, name: str) -> Response:
    """Gives a file. Scripts name each other without the digest, so it is the same for all files.

    Args:
        wanted: digest in the address; of another release, the file is given as it is now, and not kept.
        name: of the file.

    Raises:
        NoSuchResult: no page loads such a file.
    """
    found = _files().get(name)
    if found is None:
        raise NoSuchResult(f"pages load no file {name[:40]!r}")
    caching = FOR_GOOD if wanted == digest() else "no-cache"
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(found, headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])


@cache
def digest() -> str:
    """Of all files together, 12 hexadecimal digits."""
    whole = hashlib.sha256()
    for name, content in _files().items():
        whole.update(f"{name}:{len(content)}:".encode() + content)
    return whole.hexdigest()[:12]


@cache
def _files() -> dict[str, bytes]:
    paths = sorted(path for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES)
    return {path.name: path.read_bytes() for path in paths}
