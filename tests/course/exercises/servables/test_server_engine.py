"""What is started of a reader's line, and by which image."""

import pytest

from aoi_modules.cluster.container import Container
from aoi_modules.course.exercises.servables.server_engine import ServerEngine, options_of
from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers.docker import IMAGE

OPTIONS = "--rm -d --name=x -p 1:8500 \\\n  -v /m:/models:ro"
LINE = f"docker run {OPTIONS} {IMAGE} --model_name=fashion --model_base_path=/models"
PROGRAM = "tensorflow_model_server"


@pytest.mark.parametrize("entrypoint", ["", f"--entrypoint {PROGRAM} ", f"--entrypoint={PROGRAM} "])
def test_the_options_are_the_words_before_the_image(entrypoint: str) -> None:
    line = LINE.replace("--rm", f"--rm {entrypoint}")
    found = options_of(f"sudo {line}", Container.of_docker(line))
    assert found == ["--rm", "-d", "--name=x", "-p", "1:8500", "-v", "/m:/models:ro"]


def test_without_an_engine_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="docker is not installed"):
        ServerEngine.find("7")
