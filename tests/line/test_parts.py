"""Parts become ready, are watched, and end in the order in which one needs the other."""

import sys
from pathlib import Path

import pytest

from aoi_modules.child_process import Child
from aoi_modules.closing import Closing
from aoi_modules.errors import AoiError
from aoi_modules.line import parts as waiting
from aoi_modules.line.part import Part, is_there
from aoi_modules.line.parts import Parts

WORK = """
import pathlib, signal, sys, time
name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
def stop(*_):
    with (folder / "order").open("a") as file:
        file.write(name)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
(folder / name).touch()
time.sleep(60)
"""


def work(name: str, folder: Path, program: str = WORK) -> Part:
    child = Child([sys.executable, "-c", program, name, str(folder)], folder / f"{name}.log")
    return Part(name, "works", "here", child, is_there(folder / name))


def test_the_last_stage_ends_first(tmp_path: Path) -> None:
    with Parts() as parts:
        for name in "abc":
            parts.stage()
            parts.add(work(name, tmp_path))
        parts.wait_for_all()
        parts.check()
        assert [part.name for part in parts.all] == ["a", "b", "c"]
    assert (tmp_path / "order").read_text() == "cba"


def test_what_is_closed_behind_a_stage_is_closed_before_the_earlier_ones_end(tmp_path: Path) -> None:
    class Noted(Closing):
        def close(self) -> None:
            with (tmp_path / "order").open("a") as file:
                file.write("-")

    with Parts() as parts:
        for name, behind in (("a", None), ("b", Noted()), ("c", None)):
            parts.stage(behind)
            parts.add(work(name, tmp_path))
        parts.wait_for_all()
    assert (tmp_path / "order").read_text() == "cb-a"
    assert not any(part.child.running() for part in parts.all)


def test_a_part_that_ends_while_others_are_waited_for_is_told(tmp_path: Path) -> None:
    with Parts() as parts:
        parts.stage()
        parts.add(work("a", tmp_path))
        parts.add(work("b", tmp_path, "print('out of paper'); raise SystemExit(2)"))
        with pytest.raises(AoiError, match=r"the b ended with exit code 2\.(.|\n)*out of paper"):
            parts.wait(lambda: False, "something else")


def test_nobody_is_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "READY_SECONDS", 0.2)
    with Parts() as parts, pytest.raises(AoiError, match=r"the sun: not ready within 0\.2 s"):
        parts.wait(lambda: False, "the sun")


def test_who_does_not_stop_in_time_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "STOP_SECONDS", 0.3)
    deaf = WORK.replace("signal.signal(signal.SIGTERM, stop)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    with Parts() as parts:
        parts.stage()
        parts.add(work("a", tmp_path, deaf))
        parts.wait_for_all()
    assert parts.all[0].child.exit_code == -9
