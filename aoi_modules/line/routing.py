"""The routes of the line's gateways: a component for each servable, all at the one model server."""

from collections.abc import Sequence
from typing import Any

import yaml

from aoi_modules.line.ports import HOST
from aoi_modules.line.servables import Servable
from aoi_modules.line.shelf import LABEL

AUDIT = 0.05
"""Share of the parts that pass which people judge, so that the page can say what escapes."""
TIMEOUT_MS = 5000
DAYS = {"PASS": 0.1, "REVIEW": 2, "FAIL": 2, "unjudged": 2}
"""That pictures stay: all are kept, so that the pages show them, and a line that runs for weeks fills no disk."""
_HEAD = """\
# Written by `aoi line` at each start. The gateways read it again when it changes, so try things out here while the
# line runs: a threshold, a canary, a shadow. `aoi gateway --help` shows what can stand here.
"""


def text_of(servables: Sequence[Servable], grpc: int) -> str:
    """Writes the routes as YAML.

    Args:
        servables: one a component.
        grpc: port of the model server.
    """
    upstream = f"{HOST}:{grpc}"
    components = {one.name: _route(one, upstream) for one in servables}
    return _HEAD + yaml.safe_dump({"components": components, "retention": DAYS}, sort_keys=False)


def _route(servable: Servable, upstream: str) -> dict[str, Any]:
    route: dict[str, Any] = {
        "model": servable.name,
        "label": LABEL,
        "upstream": upstream,
        "timeout_ms": TIMEOUT_MS,
        "store": "all",
    }
    if any(head.judges for head in servable.manifest.heads):
        route["audit"] = AUDIT
    return route
