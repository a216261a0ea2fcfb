"""`aoi station` before a real gateway: tables, JSON, exit codes, wrong usage."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import RpcError
from aoi_modules.results.people.machines import add_machine
from tests.gateway.doors.access.people import until
from tests.results.conftest import with_database
from tests.results.station.checked_gateway import CheckedGateway, checked_gateway, golden_set, see


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedGateway]:
    with checked_gateway(tmp_path_factory.mktemp("checked")) as gateway:
        yield gateway


def station(checked: CheckedGateway, *arguments: str) -> Result:
    return CliRunner().invoke(aoi, ["station", *arguments, "--gateway", checked.url])


def test_a_station_is_locked_checked_locked_and_unlocked(checked: CheckedGateway) -> None:
    before = station(checked, "status")
    assert (before.exit_code, "LOCKED: it was never checked" in before.stdout) == (1, True)
    passed = station(checked, "check", "--who", "Ada")
    assert passed.exit_code == 0, passed.output
    assert "tile: check 1 passed (the first of this version, at most 0.1)" in passed.stdout
    assert [line.split()[1:7:2] for line in passed.stdout.splitlines() if "defect/" in line] == [
        ["defect/0.png", "defect", "FAIL"],
        ["defect/1.png", "defect", "FAIL"],
    ]
    see(checked.server, -0.6)
    failed = station(checked, "check", "tile", "--json")
    assert failed.exit_code == 1
    check = json.loads(failed.stdout)
    assert check["why"].startswith("2 defective parts passed: defect/0.png, defect/1.png")
    unlocked = station(checked, "unlock", "tile", "--why", "checked by hand", "--who", "Grace")
    assert unlocked.stdout == "tile is unlocked until its next check: Grace, checked by hand\n"
    after = station(checked, "status", "--json")
    assert (after.exit_code, json.loads(after.stdout)["components"][0]["locked"]) == (0, None)
    again = station(checked, "unlock", "tile", "--why", "checked by hand")
    assert again.exit_code == 1
    assert "tile is not locked" in str(again.exception)


def test_a_check_with_another_golden_set(checked: CheckedGateway, tmp_path: Path) -> None:
    see(checked.server)
    run = station(checked, "check", "tile", "--golden", str(golden_set(tmp_path / "other", good=1, defect=1)), "--json")
    assert (run.exit_code, len(json.loads(run.stdout)["parts"])) == (0, 2)


def test_a_station_is_qualified_with_a_page_for_the_auditor(checked: CheckedGateway, tmp_path: Path) -> None:
    see(checked.server)
    page = tmp_path / "report.html"
    run = station(checked, "qualify", "tile", "--trials", "2", "--out", str(page), "--who", "Ada")
    assert run.exit_code == 0, run.output
    assert "Repeatability: 4 of 4, 100.0 % (39.8 % to 100.0 %)" in run.stdout
    assert "at most 77.6 % of such defects are missed, with 95% confidence" in run.stdout
    assert "Each of 4 golden parts got its truth in each of 2 trials" in page.read_text()
    see(checked.server, -0.6)
    missed = station(checked, "qualify", "tile", "--trials", "2", "--json")
    assert (missed.exit_code, json.loads(missed.stdout)["bound"]) == (1, None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "chair"], "expected one with a plan in the gateway's routes; with a plan there: tile"),
        (["check", "--golden", "g"], "--golden: expected one COMPONENT beside it"),
        (["unlock", "tile"], "Missing option '--why'"),
    ],
)
def test_wrong_usage(checked: CheckedGateway, arguments: list[str], words: str) -> None:
    run = station(checked, *arguments)
    assert (run.exit_code, words in run.output) == (2, True), run.output


def test_a_machine_checks_by_its_key(tmp_path: Path) -> None:
    with checked_gateway(tmp_path) as gateway:
        database = tmp_path / "results" / "results.sqlite"
        key = with_database(database, lambda opened: add_machine(opened, "lamp", by="Ada"))
        (tmp_path / "lamp.key").write_text(key)
        until(lambda: isinstance(station(gateway, "status").exception, RpcError))  # it is asked who it is by now
        run = station(gateway, "check", "--json", "--key-file", str(tmp_path / "lamp.key"))
        assert run.exit_code == 0, run.output
        assert json.loads(run.stdout)["who"] == "lamp"
