"""The questions of k8s/LOGS.md: those in LogsQL are asked of a real store, and each gets an answer."""

import re
from collections.abc import Iterator

import pytest

from aoi_modules.log_store.lines import Line
from aoi_modules.log_store.victoria import LogStore
from tests import services
from tests.cluster.overlays import K8S
from tests.log_store.stores import VictoriaLogs, line

PAGE = (K8S / "LOGS.md").read_text()
ROWS = [
    [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    for row in re.findall(r"^\| .*`.*\|$", PAGE, re.MULTILINE)
]
ABOUT = {"request_id": "REQUEST", "model": "tile", "version": 3}


def labelled(event: str, service: str, level: str, **fields: object) -> Line:
    found = line(event, service, **fields)
    component = {"component": str(fields["component"])} if "component" in fields else {}
    text = found.text.replace('"level": "info"', f'"level": "{level}"')
    return Line(text, found.time_ns, {"service": service, "level": level, **component}, service)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogStore]:
    folder = tmp_path_factory.mktemp("store")
    with VictoriaLogs(folder) as real, LogStore(real.url) as opened:
        opened.push(
            [
                labelled("brought", "model-sync", "info", model="tile", version=3),
                labelled("slow", "model-server", "warning", ms=1500.5, **ABOUT),
                labelled("inspected", "gateway", "info", inspection="ID", component="tile", verdict="PASS", ms=12.5,
                         **ABOUT),
                labelled("refused", "gateway", "warning", component="tile", detail="no picture"),
            ]
        )  # fmt: skip
        real.wait_for("*", 4)
        yield opened


def code(cell: str) -> str:
    """The question in a cell."""
    (found,) = re.findall(r"`([^`]+)`", cell)
    return str(found)


def test_each_row_has_a_question_in_both_languages() -> None:
    rows = [row for row in ROWS if row[0] != "question"]
    assert len(rows) >= 10
    for row in rows:
        assert len(row) == 3, row
        assert code(row[1]) != code(row[2])


@services.need(services.VICTORIA_LOGS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_question_in_logsql_gets_an_answer(row: list[str], store: LogStore) -> None:
    found = store.ask(code(row[2]), 10)
    assert found, "no line answers"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_question_in_logql_has_its_labels_first_and_is_closed(row: list[str]) -> None:
    asked = code(row[1])
    plain = re.sub(r'"[^"]*"', '""', asked)
    for opened, closed in ("{}", "()", "[]"):
        assert plain.count(opened) == plain.count(closed), asked
    (selector,) = re.findall(r"{([^}]*)}", plain)
    assert set(re.findall(r"(\w+)=~?", selector)) <= {"service", "level", "component"}, "only labels stand in braces"
    assert selector
