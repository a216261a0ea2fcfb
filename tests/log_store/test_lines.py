"""Labels are few, times are those of the lines, and no line is too odd."""

import io

import pytest

from aoi_modules.log_store.lines import LABELS, UNKNOWN, read
from aoi_modules.logs import event_log


def test_a_line_of_ours_has_its_own_time_and_few_labels() -> None:
    stream = io.StringIO()
    event_log(stream).info("inspected", component="tile", request_id="r1", unit="SN1")
    found = read(stream.getvalue().strip(), "gateway", "gateway-1", 0)
    assert found.labels == {"service": "gateway", "level": "info", "component": "tile"}
    assert set(found.labels) <= set(LABELS)
    assert found.time_ns > 0
    assert (found.instance, found.text) == ("gateway-1", stream.getvalue().strip())


def test_microseconds_are_kept() -> None:
    found = read('{"timestamp": "1970-01-02T00:00:00.000001Z", "level": "error"}', "sync", "sync", 7)
    assert found.time_ns == 86_400_000_001_000
    assert found.labels == {"service": "sync", "level": "error"}


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):",
        "{",
        "[1]",
        '{"event": "without time"}',
        '{"timestamp": "yesterday"}',
        '{"timestamp": "2026-12-01T14:00:00"}',
        '{"timestamp": "2026-12-01T14:00:00Z", "level": 7}',
        "\ufffd\ud800",
    ],
)
def test_any_other_line_is_taken_as_it_is(text: str) -> None:
    found = read(text, "model-server", "model-server", 7)
    assert (found.text, found.time_ns) == (text, 7)
    assert found.labels == {"service": "model-server", "level": UNKNOWN}


def test_a_level_that_somebody_made_up_is_no_label_of_its_own() -> None:
    found = read('{"timestamp": "2026-12-01T14:00:00Z", "level": "mine"}', "gateway", "gateway-1", 7)
    assert found.labels["level"] == UNKNOWN
