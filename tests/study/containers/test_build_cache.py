"""Which steps come from the cache: computed, and the same as a real engine does."""

from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.build_cache import copied, from_cache, step_keys
from aoi_modules.study.containers.dockerfile import parse
from aoi_modules.study.containers.engine import Engine

TEXT = """FROM python:3.12-slim
WORKDIR /app
COPY needs.txt .
RUN cat needs.txt
COPY . .
RUN ls
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    for name in ("needs.txt", "app.py", "data/a.csv"):
        (folder / name).write_text(name)
    return folder


def reused(project: Path, change: str, text: str = TEXT) -> list[bool]:
    """Which steps come from the cache after a file got one more line."""
    instructions = parse(text)
    before = step_keys(instructions, project)
    with (project / change).open("a") as file:
        file.write("\n")
    return from_cache(before, step_keys(instructions, project))


def test_what_stands_behind_a_changed_file_runs_again(project: Path) -> None:
    assert reused(project, "app.py") == [True, True, True, True, False, False]
    assert reused(project, "data/a.csv") == [True, True, True, True, False, False]
    assert reused(project, "needs.txt") == [True, True, False, False, False, False]


def test_another_instruction_runs_again_with_all_behind_it(project: Path) -> None:
    before = step_keys(parse(TEXT), project)
    after = step_keys(parse(TEXT.replace("cat needs.txt", "cat -n needs.txt")), project)
    assert from_cache(before, after) == [True, True, True, False, False, False]
    longer = step_keys(parse(f"{TEXT}RUN true\n"), project)
    assert from_cache(before, longer) == [True] * 6 + [False]


def test_what_is_ignored_changes_nothing(project: Path) -> None:
    (project / ".dockerignore").write_text("# not for the image\ndata/\n**/*.csv\n!app.py\n")
    assert reused(project, "data/a.csv") == [True] * 6
    (everything,) = [one for one in parse(TEXT) if one.words[0] == "."]
    assert [path.name for path in copied(everything, project)] == [".dockerignore", "app.py", "needs.txt"]


@pytest.mark.parametrize(
    ("source", "words"),
    [("../other", "outside the folder"), ("missing.txt", "no such file"), ("*.toml", "no such file")],
)
def test_what_cannot_be_copied_is_said_with_its_line(project: Path, source: str, words: str) -> None:
    with pytest.raises(CourseError, match=f"line 2: COPY .*{words}"):
        step_keys(parse(f"FROM a\nCOPY {source} ."), project)


@pytest.mark.parametrize("change", ["app.py", "needs.txt"])
def test_a_real_engine_does_the_same(engine: Engine, project: Path, change: str) -> None:
    (project / ".dockerignore").write_text("Dockerfile\n")
    (project / "Dockerfile").write_text(TEXT)
    with (project / change).open("a") as file:
        file.write(str(project))  # no build before has seen it
    assert not engine.build(project, "test-cache:1").failed
    computed = reused(project, change)
    build = engine.build(project, "test-cache:1")
    assert [step.cached for step in build.steps][1:] == computed[1:]
