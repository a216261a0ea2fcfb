import io
import json
import logging
from collections.abc import Iterator

import pytest

from aoi_modules.serving import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("aoi_modules")
    handlers, level, our_level = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(our_level)


def test_one_json_object_a_line() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    log = logging.getLogger("aoi_modules.serving.server")
    log.info("ready: %s", "grpc port 1")
    try:
        raise ValueError("boom")
    except ValueError:
        log.exception("a request failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("ready: grpc port 1", "info", log.name)
    assert first["timestamp"].endswith("Z")
    assert "ValueError: boom" in second["exception"]


def test_text_is_for_people() -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    logging.getLogger("aoi_modules.serving.server").warning("a base path is missing")
    logging.getLogger("uvicorn.error").warning("not said")
    assert stream.getvalue().endswith(" WARNING a base path is missing\n")
