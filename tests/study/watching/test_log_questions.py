"""The lines of files are in a real VictoriaLogs, where they are found by their fields."""

import json
import time
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.watching import log_questions
from aoi_modules.study.watching.log_questions import LogQuestions
from tests import services
from tests.study.watching.lines import logged


@services.need(services.VICTORIA_LOGS)
def test_lines_of_files_are_found(tmp_path: Path) -> None:
    logs = {}
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for service in ("gateway", "model-server", "model-sync"):
        lines = [{**one, "timestamp": now} for one in logged() if one["service"] == service]
        logs[service] = tmp_path / f"{service}.log"
        logs[service].write_text("".join(json.dumps(one) + "\n" for one in lines))
    with LogQuestions(logs, tmp_path / "store") as store:
        found = store.ask('request_id:="tile-0002"')
        assert sorted(one["service"] for one in found) == ["gateway", "model-server"]
        with pytest.raises(CourseError, match="400"):
            store.ask("request_id:=")


def test_where_it_is_missing_the_way_to_get_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert log_questions.program() is None
    with pytest.raises(CourseError) as caught:
        LogQuestions({}, tmp_path)
    assert caught.value.hint == log_questions.INSTALL
