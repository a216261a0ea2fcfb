"""Processors are those that this process may use."""

import os
import subprocess
import sys

import pytest

from aoi_modules.machine.processors import processors

PROGRAM = """
import os
from aoi_modules.machine.processors import processors

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print(processors())
"""


def test_there_is_one_at_least() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to a processor")
def test_those_that_are_not_left_do_not_count() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "1"
