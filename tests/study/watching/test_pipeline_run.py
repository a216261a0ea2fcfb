"""The recorded run tells what its project has, and the project's tests are run on another program."""

from aoi_modules.study.watching import pipeline_run


def test_the_run_is_of_its_project() -> None:
    run = pipeline_run.read()
    for job in ("lint", "test", "package", "deploy"):
        assert f"{job}:" in run.pipeline
    assert "FAIL  test" in run.said
    assert not any(line.startswith(("package", "deploy")) for line in run.said.splitlines())
    assert "/" not in run.said.replace("tests/test_verdict.py", "")


def test_its_tests_fail_as_they_did_and_pass_once_it_is_mended() -> None:
    run = pipeline_run.read()
    assert run.tried(run.program) == "FAILED (failures=1)"
    assert run.tried(run.program.replace(">=", ">")) == "OK"
    assert run.tried("") == "FAILED (errors=1)"
