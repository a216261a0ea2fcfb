"""The container engine of this machine for tests that run containers; where there is none they say so and are left out.

CI has none. Start Docker, or put Podman on the path, and they run.
"""

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine

BASE = "python:3.12-slim"


def engine(lesson: str) -> Engine:
    """The engine, with the base image that the lessons build on."""
    try:
        return Engine.find(lesson, BASE)
    except CourseError as error:
        pytest.skip(f"no container engine: {error.message}")
