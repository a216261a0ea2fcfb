"""What was recorded is said to be recorded, and by whom."""

from pathlib import Path

import pytest

from aoi_modules.study.containers import recorded


def test_all_of_it_says_where_it_was_seen() -> None:
    found = recorded.read()
    seen = [one.seen for one in found.builds]
    seen += [one.seen for one in found.refusals]
    seen += [one.seen for one in found.moments]
    seen += [one.seen for one in found.devices]
    (where,) = set(seen)
    assert "another machine" in where
    assert "base image with Python" in where


def test_the_order_that_installs_first_saves_what_the_other_pays_again() -> None:
    slow, fast = recorded.read().builds
    assert [slow.name, fast.name] == list(recorded.ORDERS)
    assert fast.saved > 0.5 > slow.saved
    install = [step.text.startswith("RUN pip") for step in fast.second.steps].index(True)
    assert fast.second.steps[install].cached
    assert not slow.second.steps[-1].cached


def test_without_an_engine_nothing_is_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = recorded.FILE.read_bytes()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert recorded.main() == 1
    assert "docker is not installed" in capsys.readouterr().err
    assert recorded.FILE.read_bytes() == before
