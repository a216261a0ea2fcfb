"""The same image built twice."""

from pathlib import Path

from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.containers.two_builds import OneBuild, StepTime, TwoBuilds, measure, table
from tests.container_engine import BASE

BUILDS = TwoBuilds(
    name="all first",
    seen="nowhere",
    first=OneBuild(10.0, (StepTime("FROM a", False), StepTime("COPY . .", False, 0.1))),
    second=OneBuild(2.5, (StepTime("FROM a", True), StepTime("COPY . .", False, 0.1))),
)


def test_what_was_saved_is_a_share_of_the_first_build() -> None:
    assert BUILDS.saved == 0.75


def test_the_table_has_both_times_and_the_steps_from_the_cache() -> None:
    header, row = table([BUILDS]).splitlines()
    assert header.split() == ["first", "second", "from", "the", "cache"]
    assert row.split() == ["all", "first", "10.0", "s", "2.5", "s", "1", "of", "2", "steps"]


def test_an_engine_runs_again_what_stands_behind_the_change(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('app')\n")
    texts = {"one": f"FROM {BASE}\nRUN true\nCOPY app.py .\nRUN python app.py\n"}
    (found,) = measure(engine, tmp_path, texts, "app.py")
    assert found.name == "one"
    assert engine.name in found.seen
    assert [step.cached for step in found.first.steps][1:] == [False, False, False]
    assert [step.cached for step in found.second.steps][1:] == [True, False, False]
