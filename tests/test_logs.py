import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules import logs
from tests.in_process import logging_kept


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with logging_kept():
        yield


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


def test_events_with_named_values_leave_the_process_log_alone() -> None:
    stream, of_process = io.StringIO(), io.StringIO()
    logs.set_up("text", of_process)
    log = logs.event_log(stream).bind(component="tile")
    log.debug("not said")
    log.info("inspected", status=200)
    try:
        raise ValueError("boom")
    except ValueError as fault:
        log.error("fault", exc_info=fault)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {"event": "inspected", "level": "info", "component": "tile", "status": 200}
    assert "ValueError: boom" in second["exception"]
    assert of_process.getvalue() == ""


def test_an_event_has_the_same_values_for_people_and_machines() -> None:
    log = logging.getLogger("aoi_modules.serving")
    hostile = 'tile" level=ERROR\nERROR \x1b[2J'
    said = {}
    for log_format in logs.FORMATS:
        stream = io.StringIO()
        logs.set_up(log_format, stream)
        logs.event(log, "refused", model=hostile, status="NOT_FOUND", ms=1.5, version=None)
        said[log_format] = stream.getvalue()
    assert said["text"].endswith(
        r' WARNING refused model="tile\" level=ERROR\nERROR \u001b[2J" status=NOT_FOUND ms=1.5 version=None' + "\n"
    )
    line = json.loads(said["json"])
    assert (line["event"], line["level"], line["model"], line["version"]) == ("refused", "warning", hostile, None)
    assert said["text"].count("\n") == said["json"].count("\n") == 1


def test_what_is_as_it_should_be_is_no_warning() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    logs.note(logging.getLogger("aoi_modules.sync"), "brought", model="tile", version=3)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["model"], line["version"]) == ("brought", "info", "tile", 3)


@pytest.mark.parametrize(
    ("given", "found"),
    [("line-7.part_42:a", "line-7.part_42:a"), ("", ""), ("two words", ""), ("a\n", ""), ("a" * 129, ""), ("ü", "")],
)
def test_an_id_that_could_disturb_a_log_is_none(given: str, found: str) -> None:
    assert logs.checked_id(given) == found


def test_a_line_with_values_that_json_has_not_is_written_all_the_same() -> None:
    stream = io.StringIO()
    log = logs.event_log(stream)
    log.info("odd", half="\ud800", thing=object, path=Path("a"), umlaut="ä")
    log.info("keys", values={1: 2, None: 3})
    odd, keys = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (odd["half"], odd["thing"], odd["umlaut"]) == ("\ud800", "<class 'object'>", "ä")
    assert keys["values"]["1"] == 2
