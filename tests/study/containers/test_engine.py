"""A container engine at work; without one it is said what is missing."""

import subprocess
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine, said
from tests.container_engine import BASE


def test_without_an_engine_it_says_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="docker is not installed; podman is not installed") as caught:
        Engine.find("1", BASE)
    assert "start Docker" in caught.value.hint


def test_one_that_hangs_is_left_after_its_time() -> None:
    with pytest.raises(CourseError, match=r"sleep 60: no end within 0.1 s"):
        Engine("/bin/sleep", "none", "1").ask("60", seconds=0.1)


def test_a_refusal_is_its_own_words_without_the_advice() -> None:
    text = 'docker: invalid restart policy.\nSee \'docker run --help\'.\ntime="2026" level=error msg="x"\n'
    assert said(subprocess.CompletedProcess([], 125, "", text)) == "docker: invalid restart policy."
    assert said(subprocess.CompletedProcess([], 1, "", "")) == "the engine refused and gave no reason"


def test_it_starts_looks_and_tidies_up_what_is_its_own(engine: Engine) -> None:
    container = engine.start(["--detach", BASE, "sh", "-c", "echo hello; sleep 60"])
    found = engine.look(container)
    assert found is not None
    assert found["State"]["Running"]
    assert engine.ours(container)
    assert not Engine(engine.program, engine.name, "another").ours(container)
    assert engine.ask("exec", container, "echo", "inside").stdout == "inside\n"
    assert engine.logs(container) == "hello\n"
    assert engine.tidy() == 1
    assert engine.look(container) is None
    assert not engine.ours(container)


def test_a_refused_start_is_an_error_in_its_words(engine: Engine) -> None:
    with pytest.raises(CourseError, match="--rm"):
        engine.start(["--rm", "--restart=always", BASE, "true"])


def test_a_failed_build_says_why(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\nRUN ls /nothing\n")
    build = engine.build(tmp_path, "test-engine:1")
    assert "/nothing" in build.failed
    assert "No such file" in build.failed
    assert [step.text for step in build.steps][1:] == ["RUN ls /nothing"]
    assert build.cached <= 1
