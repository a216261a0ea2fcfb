"""What schemathesis sends a gateway: hooks that it loads, so that half of its requests get past the first check.

By the document alone each name is any text, and each picture any bytes: nearly all would be refused at once. The
component is `tile` here, the product `motor`, and inspections are those that the run itself made. How the answers
were is written to the file that the setting TALLY names, at the end.
"""

import atexit
import json
import os
from collections import Counter, deque
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies
from hypothesis.strategies import SearchStrategy

from aoi_modules.gateway.doors.uploads import MAX_NAME
from aoi_modules.results.record import is_id
from benchmarks.hostile.broken_uploads import picture

TALLY = "AOI_FUZZ_TALLY"
"""Environment variable with the path of that file."""
FORMS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/bmp": "BMP", "image/*": "PNG"}
KNOWN = {"component": "tile", "product": "motor", "position": "left"}


def register() -> None:
    """Tells schemathesis how pictures look, which names are known, and where to count answers."""
    for media_type, form in FORMS.items():
        schemathesis.openapi.media_type(media_type, _pictures(picture(form)))
    schemathesis.openapi.media_type("image/x-raw", strategies.sampled_from([bytes(1200), b"", bytes(3600)]))
    answers: Counter[str] = Counter()
    made: deque[str] = deque(maxlen=50)

    def tamed(values: dict[str, Any] | None) -> dict[str, Any] | None:
        """Values of which most of those that have to be known are; what is drawn decides, so a seed repeats it.

        A value that the document does not allow stays as it is: it has to be refused.
        """
        if not isinstance(values, dict):
            return values
        drawn = len(repr(values))
        known = {**KNOWN, "unit": f"SN{drawn % 20}"}
        known |= {f"X-Aoi-{name.title()}": value for name, value in known.items()}
        kept = {
            name: known[name] if name in known and drawn % 4 and _is_name(value) else value
            for name, value in values.items()
            if not (drawn % 3 and name.lower().endswith("features"))
        }
        if made and is_id(str(values.get("id"))):
            kept["id"] = made[drawn % len(made)]
        return kept

    @schemathesis.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        return tamed(path_parameters)

    @schemathesis.hook
    def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
        return tamed(query)

    @schemathesis.hook
    def map_headers(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
        return tamed(headers)

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        answers[f"{case.method.upper()} {case.path} {response.status_code}"] += 1
        if case.method.upper() == "POST" and response.status_code == 200 and case.path.startswith("/v1/inspect/"):
            made.append(json.loads(response.content)["id"])

    atexit.register(lambda: Path(os.environ[TALLY]).write_text(json.dumps(answers)))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME


def _pictures(whole: bytes) -> SearchStrategy[bytes]:
    cut = strategies.integers(0, len(whole)).map(lambda length: whole[:length])
    return strategies.one_of(strategies.just(whole), cut, strategies.binary(max_size=300))


register()
