"""A shell of its own: its home, its path, its .bashrc, and nothing of the reader's."""

from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import shell
from aoi_modules.study.clusters.shell import Shell
from tests.study.clusters.programs import written


def test_a_script_runs_at_home_with_its_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_READER", "secret")
    programs = tmp_path / "programs"
    programs.mkdir()
    written(programs / "greet", 'echo "hello $1"')
    ran = Shell.at(tmp_path / "home", [programs]).run(
        "pwd; greet $NAME; echo [$OF_THE_READER]; exit 3", {"NAME": "ada"}
    )
    assert ran.code == 3
    assert ran.said.splitlines() == [str(tmp_path / "home"), "hello ada", "[]"]


def test_a_new_shell_reads_its_bashrc(tmp_path: Path) -> None:
    opened = Shell.at(tmp_path)
    (tmp_path / ".bashrc").write_text("alias k=kubectl\n")
    assert opened.opened("alias").said == "alias k='kubectl'"


def test_a_script_that_waits_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "SECONDS", 0.3)
    with pytest.raises(CourseError, match=r"did not end within 0\.3 s"):
        Shell.at(tmp_path).run("exec sleep 60")


def test_without_bash_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="there is no bash here"):
        Shell.at(tmp_path)
