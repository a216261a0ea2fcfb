"""The page of the interface: Swagger UI from the installed package `swagger-ui-py`, and nothing from elsewhere.

The package carries Swagger UI's own scripts. Only these files of it are used: none of its Python code is imported.
"""

from importlib.util import find_spec
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

from aoi_modules.errors import MissingExtra, NoSuchResult

START = "start.js"
"""The script that is ours."""
MEDIA_TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    START: "text/javascript",
}
"""The files of the page."""
_HEADERS = {
    # Browsers load nothing from elsewhere, whatever a script asks for. Swagger UI styles its elements by attributes,
    # and its icons are data.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>AOI gateway</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_SCRIPT = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#page", validatorUrl: null, deepLinking: true});\n'


def home() -> Response:
    """Gives the page.

    Raises:
        MissingExtra: the package with Swagger UI is not installed.
    """
    _folder()
    return HTMLResponse(_HTML, headers=_HEADERS)


def file(name: str) -> Response:
    """Gives a file that the page loads.

    Raises:
        NoSuchResult: the page loads no such file.
        MissingExtra: the package with Swagger UI is not installed.
    """
    if name not in MEDIA_TYPES:
        raise NoSuchResult(f"/docs has no file {name[:40]!r}; it has: {', '.join(MEDIA_TYPES)}")
    if name == START:
        return Response(_SCRIPT, headers=_HEADERS, media_type=MEDIA_TYPES[name])
    return FileResponse(_folder() / name, headers=_HEADERS, media_type=MEDIA_TYPES[name])


def _folder() -> Path:
    found = find_spec("swagger_ui")
    if found is None or found.origin is None:
        raise MissingExtra("/docs", package="swagger-ui-py", extra="station")
    return Path(found.origin).parent / "static"
