"""From an alert to its page, and from there to the question whose answer shows that the mend worked."""

import re
from pathlib import Path

import click
import pytest

from aoi_modules.cli import aoi
from tests.cluster.overlays import K8S
from tests.k8s.watching.rule_files import RUNBOOKS, alerts, rules, runbook

ALERTS = alerts()
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_it_means_how_urgent_it_is_and_where_to_read_on(name: str) -> None:
    alert = ALERTS[name]
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert runbook(alert).title == name
    for text in alert["annotations"].values():
        assert text[-1] not in "!, "


def test_every_page_belongs_to_an_alert() -> None:
    named = [K8S.parent / alert["annotations"]["runbook"] for alert in ALERTS.values()]
    assert sorted(named) == PAGES


def test_names_stand_once() -> None:
    names = [rule.get("alert", rule.get("record")) for rule in rules()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_commands_of_ours_are_such_as_aoi_reads(page: Path) -> None:
    for words in re.findall(r"`aoi ([^`]+)`", page.read_text()):
        command: click.Command = aoi
        rest = words.split()
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            found = command.get_command(click.Context(command), rest[0])
            assert found is not None, words
            command, rest = found, rest[1:]
        command.make_parser(click.Context(command)).parse_args(list(rest))


def test_pages_name_dashboards_and_panels_that_are_there() -> None:
    named = {name for page in PAGES for name in re.findall(r"the dashboard \*([^*]+)\*", page.read_text())}
    assert named == {"Gateway", "Model server", "Nodes"}


def test_the_functions_of_the_first_page_are_shell() -> None:
    text = (RUNBOOKS / "README.md").read_text()
    assert text.count("\nask() {") == 3
