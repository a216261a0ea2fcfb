"""Exercise 9.4: each mistake gets its hint; with an engine the image is built, started and asked."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from aoi_modules.cluster.local.building import image_name
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.gateway_image import check_gateway_image, inspected
from aoi_modules.course.exercises.programs.gateway_task import GatewayTask
from aoi_modules.course.exercises.programs.small_gateway import Part, parts_of
from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.traffic.served_app import ServedApp
from aoi_modules.study.traffic.small_gateway import SmallGateway, application_of

ROUTES = {"tile": "tile", "board": "pcb"}


@pytest.fixture
def task(tmp_path: Path) -> GatewayTask:
    found = GatewayTask.of(Random("a test"), tmp_path)
    found.lay()
    return found


@pytest.fixture
def parts(lesson_server: EmbeddedServer, gray_pictures: list[bytes]) -> list[Part]:
    return parts_of(lesson_server.grpc, ROUTES, dict.fromkeys(ROUTES, gray_pictures))[1]


def written(task: GatewayTask) -> str:
    return (
        f"FROM {image_name('gateway')}\n"
        f"COPY small_gateway.py {task.place}\n"
        f"EXPOSE {task.port}\n"
        f'HEALTHCHECK CMD ["python", "/usr/local/lib/aoi/health.py", "http", "{task.port}", "/healthz"]\n'
        f'ENTRYPOINT ["python", "{task.place}", "--port={task.port}", "tile=tile", "board=pcb"]\n'
    )


def test_without_an_engine_it_is_read(task: GatewayTask, parts: list[Part]) -> None:
    assert "read and not built" in check_gateway_image(written(task), task, None, "", parts)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("FROM aoi/gateway", "FROM aoi/trainer", "expected aoi/gateway"),
        ("FROM ", "FROM python:3.12-slim\nFROM ", "one is enough"),
        ("COPY small_gateway.py {task.place}\n", "", "would hold our gateway, and not yours"),
        ("small_gateway.py {task.place}", "small_gateway.py /program.py", "expected {task.place}"),
        ("COPY small_gateway.py", "COPY big_gateway.py", "big_gateway.py"),
        ("ENTRYPOINT", "CMD", "that of the base is aoi"),
        ('"--port={task.port}", ', "", "no --port"),
        ("--port={task.port}", "--port=8080", "found port 8080"),
        ('"board=pcb"', '"board=tile"', "found no board=pcb"),
        ('"tile=tile"', '"--model-server=here:8500", "tile=tile"', "fits one place alone"),
        ("EXPOSE {task.port}", "EXPOSE 8080", "nobody listens now"),
        ("HEALTHCHECK CMD", "LABEL x=", "asks port 8080"),
        ('"http", "{task.port}"', '"http", "8080"', "expected it to ask port {task.port}"),
        ("EXPOSE", "USER 0\nEXPOSE", "would run as root"),
        ("EXPOSE", "ENV PASSWORD=x\nEXPOSE", "docker history"),
    ],
)
def test_each_mistake_gets_its_hint(task: GatewayTask, parts: list[Part], old: str, new: str, words: str) -> None:
    text, old, new = written(task), old.replace("{task.place}", task.place), new
    old = old.replace("{task.port}", str(task.port))
    assert old in text
    with pytest.raises(Hint) as caught:
        check_gateway_image(text.replace(old, new), task, None, "", parts)
    assert words.replace("{task.place}", task.place).replace("{task.port}", str(task.port)) in str(caught.value)


def test_verdicts_of_a_gateway_are_compared(lesson_server: EmbeddedServer, parts: list[Part]) -> None:
    with ServedApp(application_of(SmallGateway(lesson_server.grpc, ROUTES))) as app:
        assert inspected(app.url, parts, lambda: "") == "10 parts got the verdicts that their models give"
    swapped = {"tile": "pcb", "board": "tile"}
    with (
        ServedApp(application_of(SmallGateway(lesson_server.grpc, swapped))) as app,
        pytest.raises(Hint, match="its component"),
    ):
        inspected(app.url, parts, lambda: "")


def test_nobody_waits_for_what_has_ended(parts: list[Part]) -> None:
    with pytest.raises(Hint, match="no verdict came: it is gone"):
        inspected("http://127.0.0.1:9", parts, lambda: "it is gone", seconds=600)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with our gateway's image; what a test starts by it is removed."""
    try:
        found = Engine.find("test-9.4", image_name("gateway"))
    except CourseError as error:
        pytest.skip(f"no gateway in a container: {error.message}")
    yield found
    found.tidy()


def test_it_is_built_started_and_asked(
    task: GatewayTask, parts: list[Part], engine: Engine, lesson_server: EmbeddedServer
) -> None:
    praise = check_gateway_image(written(task), task, engine, lesson_server.grpc, parts)
    engine.ask("image", "rm", task.image)
    assert "built and started it; 10 parts got the verdicts" in praise
