"""How objects do, for people and for machines."""

import json

import pytest

from aoi_modules.cluster.live.standing import Standing
from aoi_modules.commands.k8s.tables import show, tell

FOUND = [
    Standing("aoi", "Deployment server", False, "1/2", "server-0: no node takes it: [0/2] are free"),
    Standing("aoi", "Job migrations", True, "done"),
    Standing("aoi", "Gateway line", False, why="nobody has looked at it yet"),
]


def test_a_row_for_each_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    show(FOUND)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["namespace", "aoi", "aoi", "aoi"]
    assert "1/2" in lines[1]
    assert "server-0: no node takes it: [0/2] are free" in lines[1]
    assert lines[3].split("line")[1].split()[0] == "no"


def test_json_has_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    show(FOUND, as_json=True)
    first = json.loads(capsys.readouterr().out)[0]
    assert first == {
        "namespace": "aoi",
        "name": "Deployment server",
        "ready": False,
        "count": "1/2",
        "why": "server-0: no node takes it: [0/2] are free",
        "lost": False,
    }


def test_what_is_waited_for_is_one_line_beside_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    tell(FOUND)
    tell(FOUND[1:2])
    tell([FOUND[0]] * 6)
    said = capsys.readouterr()
    assert said.out == ""
    first, second, third = said.err.splitlines()
    assert first.startswith("1 of 3 ready. Waiting: Deployment server 1/2 server-0: no node")
    assert second == "1 of 1 ready"
    assert third.endswith("; 2 more")
