"""A small project with its pipeline, and what a local runner said when it ran it: the tests found a fault."""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError

FILE = Path(__file__).with_name("pipeline_run.json")
SECONDS = 240.0
PROGRAM, TESTS = "line/verdict.py", "tests/test_verdict.py"


class PipelineRun(msgspec.Struct, frozen=True, kw_only=True):
    """The project and its run.

    Args:
        where: it was run, and by what.
        pipeline: `.gitlab-ci.yml`.
        program: `line/verdict.py`, which has the fault.
        tests: `tests/test_verdict.py`, which found it.
        said: what the runner printed.
    """

    where: str
    pipeline: str
    program: str
    tests: str
    said: str

    def tried(self, program: str) -> str:
        """Runs the job `test` on another program, as the runner would; the last line of what it says.

        Raises:
            CourseError: it does not end in time.
        """
        with tempfile.TemporaryDirectory() as name:
            for path, text in ((PROGRAM, program), (TESTS, self.tests)):
                file = Path(name) / path
                file.parent.mkdir()
                file.with_name("__init__.py").touch()
                file.write_text(text, "utf-8")
            command = [sys.executable, "-I", "-c", _JOB]
            try:
                done = subprocess.run(
                    command, cwd=name, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
                )
            except subprocess.TimeoutExpired:
                raise CourseError(f"the tests did not end within {SECONDS:g} s") from None
        lines = done.stderr.strip().splitlines()
        return lines[-1] if lines else "it said nothing"


_JOB = "import sys; sys.path.insert(0, '.'); import unittest; unittest.main(module=None, argv=['unittest', 'discover'])"


def read(path: Path = FILE) -> PipelineRun:
    """The run that the package carries."""
    return msgspec.json.decode(path.read_bytes(), type=PipelineRun)
