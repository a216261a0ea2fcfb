"""Exercise 10.12: a pipeline's run is read, and what its tests found is mended; the tests are really run."""

from collections.abc import Mapping

from aoi_modules.course.checks import Hint, kind
from aoi_modules.errors import CourseError
from aoi_modules.study.watching import pipeline_run

FAILED = "test"
NEVER = {"package": "it needs the job that failed", "deploy": "somebody has to start it by hand"}
"""Jobs that did not run, and why."""
JOBS = ("lint", "test", "package", "deploy")


def check_pipeline(found: Mapping[str, object]) -> str:
    """Wants the job that failed, those that did not start, and a program that the tests accept.

    Raises:
        Hint: the run says something else.
    """
    if found["failed"] != FAILED:
        raise Hint(
            f"failed: found {kind(found['failed'])}; the list at the run's end has a mark for each: PASS or FAIL"
        )
    never = found["never"]
    if not isinstance(never, list | tuple | set) or not all(isinstance(one, str) for one in never):
        raise Hint(f"never: found {kind(never)}, expected a list of names of jobs")
    strangers = sorted(set(never) - set(JOBS))
    if strangers:
        raise Hint(f"never: there is no job {strangers[0]}")
    ran = sorted(set(never) - set(NEVER))
    if ran:
        raise Hint(f"never: the run has lines of {ran[0]}, so it started")
    missed = sorted(set(NEVER) - set(never))
    if missed:
        raise Hint(f"never: the run has no line of {missed[0]}: {NEVER[missed[0]]}")
    _check_program(found["program"])
    return "the tests stopped the fault before an image was built; the mended program passes them"


def _check_program(program: object) -> None:
    run = pipeline_run.read()
    if not isinstance(program, str):
        raise Hint(f"program: found {kind(program)}, expected the text of {pipeline_run.PROGRAM}")
    if program.strip() == run.program.strip():
        raise Hint("program: it is as it was; the test says what it expects of a score at the threshold")
    try:
        said = run.tried(program)
    except (CourseError, ValueError) as error:  # a null character is in no file
        raise Hint(f"program: {error}") from None
    if said != "OK":
        raise Hint(f"program: the tests say: {said}")
