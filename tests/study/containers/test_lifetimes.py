"""What outlives what."""

from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.containers.lifetimes import watch
from aoi_modules.study.containers.recorded import read
from tests.container_engine import BASE

SEEN = [("both were written", True, True), ("docker restart", True, True)]
AT_LAST = ("docker rm, and docker run again", False, True)


def test_the_recording_says_that_a_volume_outlives_its_container() -> None:
    assert [(one.after, one.own, one.shared) for one in read().moments] == [*SEEN, AT_LAST]


def test_an_engine_does_the_same(engine: Engine, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    found = watch(engine, BASE, tmp_path)
    assert [(one.after, one.own, one.shared) for one in found] == [*SEEN, AT_LAST]
    assert engine.tidy() == 0, "nothing is left behind"


def test_a_folder_that_is_not_there_is_an_error(engine: Engine) -> None:
    with pytest.raises(CourseError):
        watch(engine, "no-such-image-of-ours:1", Path("/nowhere"))
